import * as v from 'valibot'
import type { HttpMiddleware, HttpRequest } from '../http/http-event.ts'
import { type Credentials, inTime } from './connection.ts'
import type { Database } from './database.ts'
import type { DatabaseEnvironment } from './environment.ts'
import { couldNotConnect, isAccessDenied } from './errors.ts'

const SHAPE = 'The secret must be a JSON object with username and password'

/** Secret in RDS's format; other keys are ignored. Custom messages, because valibot's would quote the secret in the log. */
const secretSchema = v.pipe(
  v.string(SHAPE),
  v.parseJson(undefined, SHAPE),
  v.object({ username: v.string(SHAPE), password: v.string(SHAPE) }, SHAPE),
  v.transform(({ username: user, password }): Credentials => ({ user, password })),
)

/** Milliseconds to read the secret, retry included. Together with the database's budget, that is less than five seconds. */
const READ_TIMEOUT = 2000

/**
 * Returns middlewares that give a database its credentials, from the environment or from the secret in DB_SECRET_ID. Connects during the
 * cold start: at full CPU, and in parallel with the rest of it.
 */
export function databaseCredentials({ DB_SECRET_ID }: DatabaseEnvironment, database: Database): HttpMiddleware[] {
  if (DB_SECRET_ID) return [secretCredentials(DB_SECRET_ID, database)]
  database.prepare()
  return []
}

/**
 * Middleware: reads credentials from Secrets Manager with @middy/secrets-manager, once. Reads them again if they are unusable or the server
 * denies access, as after a rotation. No request fails for that, unless the secret is stale.
 * @throws UnavailableError if Secrets Manager cannot be reached.
 */
function secretCredentials(secretId: string, database: Database): HttpMiddleware {
  // Lazy import: the SDK's client costs a cold start more than the rest of this function.
  const open = async () =>
    (await import('./secret-reader.ts')).createReader(secretId, (text) => v.parse(secretSchema, text))
  let reader: ReturnType<typeof open> | undefined = open()
  const readAhead = reader.then(async ({ ahead }) => {
    const secret = await ahead
    // The first request reads it again.
    if (secret instanceof Error) reader = undefined
    else {
      database.useCredentials(secret)
      database.prepare()
    }
  })
  const read = async (request: HttpRequest): Promise<Credentials> => {
    try {
      const reading = readAhead.then(() => (reader ??= open())).then((opened) => opened.read(request))
      return await inTime(reading, READ_TIMEOUT, 'Secrets Manager')
    } catch (cause) {
      reader = undefined
      const message = 'Cannot read DB_SECRET_ID from Secrets Manager: in a VPC this needs its endpoint'
      throw couldNotConnect(new Error(message, { cause }))
    }
  }
  const readAgain = (request: HttpRequest) => {
    reader = undefined
    return read(request)
  }
  return {
    before: async (request) => database.useCredentials(await read(request), () => readAgain(request)),
    onError: (request) => {
      if (isAccessDenied(request.error)) request.error = couldNotConnect(request.error)
    },
  }
}
