import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import secretsManager from '@middy/secrets-manager'
import type { HttpRequest } from '../http/http-event.ts'
import type { Credentials } from './connection.ts'

/** The package has one cache for all: a reader before may have cached a failure, or a password that is no longer good. */
let readers = 0

/**
 * @middy/secrets-manager for one secret, which it begins to read at once.
 * @param parse throws where the secret's text is of no use.
 * @returns what it reads, and the package's work for a request, by which the same is known.
 */
export function createReader(secretId: string, parse: (text: unknown) => Credentials) {
  const ahead = Promise.withResolvers<Credentials | Error>()
  /** Returns the error in place of the secret: a rejected prefetch of the package would be unhandled and end the process. */
  class Client extends SecretsManagerClient {
    constructor(options: SecretsManagerClientConfig) {
      super(options)
      const send = this.send.bind(this) as (command: unknown) => Promise<{ SecretString?: string }>
      this.send = async (command: unknown) => {
        const reading = send(command).then(({ SecretString }) => parse(SecretString))
        const secret: Credentials | Error = await reading.catch((error) => error)
        ahead.resolve(secret)
        return { SecretString: secret } as never
      }
    }
  }
  const { before } = secretsManager({
    AwsClient: Client,
    fetchData: { databaseSecret: secretId },
    setToContext: true,
    cacheKey: `database-${readers++}`,
    awsClientOptions: {
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    },
  })
  return {
    ahead: ahead.promise,
    async read(request: HttpRequest): Promise<Credentials> {
      await before?.(request as never)
      const { databaseSecret: secret } = request.context as unknown as { databaseSecret: Credentials | Error }
      if (secret instanceof Error) throw secret
      return secret
    },
  }
}
