import * as v from 'valibot'
import type { HttpMiddleware, HttpRequest } from '../../http/http-event.ts'
import { within } from './connection.ts'
import type { Credentials, Database } from './database.ts'
import { couldNotConnect, isAccessDenied } from './mysql-errors.ts'
import type { Secret } from './secret-reader.ts'

const SHAPE = 'The secret must be a JSON object with username and password'

/** What RDS keeps in a secret; it may hold more. Messages of its own, since valibot's would quote the secret in the log. */
const secretSchema = v.pipe(
  v.string(SHAPE),
  v.parseJson(undefined, SHAPE),
  v.object({ username: v.string(SHAPE), password: v.string(SHAPE) }, SHAPE),
)

/** Milliseconds that reading it may take with its retry; with what a call may spend on the database that is less than five seconds. */
const READ_TIMEOUT = 2000

const parse = (text: unknown): Credentials => {
  const { username: user, password } = v.parse(secretSchema, text)
  return { user, password }
}

/** Gives each reader a cache key of its own: the one before may have cached a failure, or a password that is no longer good. */
let readers = 0

/**
 * Middleware: user and password of the database from Secrets Manager, by @middy/secrets-manager. They are read once, and again where they
 * are of no use or the server refuses them, which is what a rotation looks like from here: no request fails for it, unless the secret is stale.
 * @param ahead reads them now, and connects then; where that fails, the first request finds out for itself.
 * @throws UnavailableError where Secrets Manager cannot be reached.
 */
export function secretCredentials(
  secretId: string,
  database: Pick<Database, 'useCredentials' | 'prepare'>,
  ahead = false,
): HttpMiddleware {
  // Loaded only where there is a secret to read: the SDK's client costs a cold start more than the rest of this function.
  const open = async (onRead = (_: Secret) => {}) => {
    const { createReader } = await import('./secret-reader.ts')
    return createReader({ secretId, cacheKey: `database-${readers++}`, parse, onRead })
  }
  let reader: ReturnType<typeof open> | undefined
  const forget = () => {
    reader = undefined
  }
  const readAhead = new Promise<void>((resolve) => {
    if (!ahead) return resolve()
    reader = open((secret) => {
      if (secret instanceof Error) forget()
      else {
        database.useCredentials(secret)
        database.prepare()
      }
      resolve()
    })
  })
  const read = async (request: HttpRequest): Promise<Credentials> => {
    try {
      const reading = readAhead.then(() => (reader ??= open())).then((ask) => ask(request))
      const secret = await within(reading, READ_TIMEOUT, 'Secrets Manager')
      if (secret instanceof Error) throw secret
      return secret
    } catch (cause) {
      forget()
      throw couldNotConnect(
        new Error(`Cannot read DB_SECRET_ID from Secrets Manager: in a VPC this needs its endpoint`, { cause }),
      )
    }
  }
  return {
    before: async (request) => {
      database.useCredentials(await read(request), () => {
        forget()
        return read(request)
      })
    },
    onError: (request) => {
      if (isAccessDenied(request.error)) request.error = couldNotConnect(request.error)
    },
  }
}
