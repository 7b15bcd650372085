import secretsManager from '@middy/secrets-manager'
import type { HttpRequest } from '../../http/http-event.ts'

export type SecretReader = (request: HttpRequest) => Promise<unknown>

/** Reads a secret of Secrets Manager, and keeps it under `cacheKey`. */
export function createReader(secretId: string, cacheKey: string): SecretReader {
  const { before } = secretsManager({
    fetchData: { databaseSecret: secretId },
    setToContext: true,
    // A prefetch that fails would be an unhandled rejection, and so the end of the process.
    disablePrefetch: true,
    cacheKey,
    awsClientOptions: {
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    },
  })
  return async (request) => {
    await before?.(request as never)
    return (request.context as unknown as { databaseSecret: unknown }).databaseSecret
  }
}
