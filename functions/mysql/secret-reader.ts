import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager'
import secretsManager from '@middy/secrets-manager'
import type { HttpRequest } from '../http/http-event.ts'
import type { Credentials } from './connection.ts'

/** Gives each reader its own cache key: the package's cache is global, and an earlier reader may have left a failure or an old password. */
let readers = 0

/**
 * Wraps @middy/secrets-manager for one secret and prefetches it.
 * @param parse throws if the secret's text is invalid.
 * @returns `ahead`, the prefetched secret or its error; `read`, the middleware's lookup during a request.
 */
export function createReader(secretId: string, parse: (text: unknown) => Credentials) {
  const ahead = Promise.withResolvers<Credentials | Error>()
  /** Resolves to the error instead of rejecting: the package leaves its prefetch unhandled, which would end the process. */
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
