import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import secretsManager from '@middy/secrets-manager'
import type { HttpRequest } from '../../http/http-event.ts'
import type { Credentials } from './connection.ts'

/** The credentials in a secret, or why they could not be read. */
export type Secret = Credentials | Error

export interface SecretOptions {
  readonly secretId: string
  /** The package keeps what it has read in one cache for all. */
  readonly cacheKey: string
  /** @throws where the secret's text is of no use. */
  readonly parse: (text: unknown) => Credentials
  /** Called as soon as it is read. */
  readonly onRead: (secret: Secret) => void
}

/** @middy/secrets-manager for one secret, which it begins to read at once. @returns its work for a request, by which the secret is known. */
export function createReader({ secretId, cacheKey, parse, onRead }: SecretOptions) {
  /** Returns the error in place of the secret: a rejected prefetch of the package would be unhandled and end the process. */
  class Client extends SecretsManagerClient {
    constructor(options: SecretsManagerClientConfig) {
      super(options)
      const settle = async (output: Promise<{ output: { SecretString?: string } }>): Promise<Secret> =>
        output.then((result) => parse(result.output.SecretString)).catch((error: Error) => error)
      this.middlewareStack.add(
        (next) => async (args) => {
          const secret = await settle(next(args) as never)
          onRead(secret)
          return { output: { SecretString: secret }, response: undefined } as never
        },
        { step: 'initialize' },
      )
    }
  }
  const { before } = secretsManager({
    AwsClient: Client,
    fetchData: { databaseSecret: secretId },
    setToContext: true,
    cacheKey,
    awsClientOptions: {
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    },
  })
  return async (request: HttpRequest): Promise<Secret> => {
    await before?.(request as never)
    return (request.context as unknown as { databaseSecret: Secret }).databaseSecret
  }
}
