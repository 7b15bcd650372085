import * as v from 'valibot'
import type { HttpMiddleware, HttpRequest } from '../../http/http-event.ts'
import { within } from './connection.ts'
import type { Credentials, Database } from './database.ts'
import { couldNotConnect, isAccessDenied } from './mysql-errors.ts'
import type { SecretReader } from './secret-reader.ts'

const SHAPE = 'The secret must be a JSON object with username and password'

/** What RDS keeps in a secret; it may hold more. Messages of its own, since valibot's would quote the secret in the log. */
const secretSchema = v.object({ username: v.string(SHAPE), password: v.string(SHAPE) }, SHAPE)

/** Milliseconds that reading it may take with its retry; with what a call may spend on the database that is less than five seconds. */
const READ_TIMEOUT = 2000

/** Loaded only where there is a secret to read: the SDK's client costs a cold start more than the rest of this function. */
async function createReader(secretId: string, cacheKey: string): Promise<SecretReader> {
  const secrets = await import('./secret-reader.ts')
  return secrets.createReader(secretId, cacheKey)
}

/** How many there were: the cache is one for all of them, and may hold a failure of the one before. */
let readers = 0

interface SecretCredentials extends HttpMiddleware {
  readonly before: NonNullable<HttpMiddleware['before']>
  /** Reads the secret and connects ahead of the first request; where that fails, the request finds out for itself. */
  prepare(): void
}

/**
 * Middleware: user and password of the database from Secrets Manager, read once, and again when they are of no use or the server
 * refuses them, which is what a rotation looks like from here: no request fails for it, unless the secret is behind.
 * @throws UnavailableError where Secrets Manager cannot be reached.
 */
export function secretCredentials(
  secretId: string,
  database: Pick<Database, 'useCredentials' | 'prepare'>,
): SecretCredentials {
  let reader: Promise<SecretReader> | undefined
  const forget = () => {
    reader = undefined
  }
  const read = async (request: HttpRequest): Promise<Credentials> => {
    try {
      reader ??= createReader(secretId, `database-${readers++}`)
      const reading = reader.then((ask) => ask(request))
      const { username: user, password } = v.parse(secretSchema, await within(reading, READ_TIMEOUT, 'Secrets Manager'))
      return { user, password }
    } catch (cause) {
      forget()
      throw couldNotConnect(
        new Error(`Cannot read DB_SECRET_ID from Secrets Manager: in a VPC this needs its endpoint`, { cause }),
      )
    }
  }
  const use = async (request: HttpRequest) => {
    database.useCredentials(await read(request), () => {
      forget()
      return read(request)
    })
  }
  return {
    before: use,
    prepare: () => {
      const nobody = { internal: {}, context: {} } as HttpRequest
      use(nobody).then(
        () => database.prepare(),
        () => undefined,
      )
    },
    onError: (request) => {
      if (isAccessDenied(request.error)) request.error = couldNotConnect(request.error)
    },
  }
}
