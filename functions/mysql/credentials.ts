import * as v from 'valibot'
import type { HttpMiddleware, HttpRequest } from '../http/http-event.ts'
import { type Credentials, inTime } from './connection.ts'
import type { Database } from './database.ts'
import type { DatabaseEnvironment } from './environment.ts'
import { couldNotConnect, isAccessDenied } from './errors.ts'

const SHAPE = 'The secret must be a JSON object with username and password'

/** Secret as RDS writes it; other keys are ignored. It has its own messages: valibot's would quote the secret in the log. */
const secretSchema = v.pipe(
  v.string(SHAPE),
  v.parseJson(undefined, SHAPE),
  v.object({ username: v.string(SHAPE), password: v.string(SHAPE) }, SHAPE),
  v.transform(({ username: user, password }): Credentials => ({ user, password })),
)

/** Milliseconds that reading it may take with its retry; with what a call may spend on the database that is less than five seconds. */
const READ_TIMEOUT = 2000

/**
 * Middlewares that give a database its user and password: from the environment, or from the secret that it names. Connects at once, while
 * the execution environment starts: at full CPU, and beside the rest of its start.
 */
export function databaseCredentials({ DB_SECRET_ID }: DatabaseEnvironment, database: Database): HttpMiddleware[] {
  if (DB_SECRET_ID) return [secretCredentials(DB_SECRET_ID, database)]
  database.prepare()
  return []
}

/**
 * Middleware: user and password from Secrets Manager, by @middy/secrets-manager. They are read once, and again where they are of no use or
 * the server refuses them, which is what a rotation looks like from here: no request fails for it, unless the secret is stale.
 * @throws UnavailableError where Secrets Manager cannot be reached.
 */
function secretCredentials(secretId: string, database: Database): HttpMiddleware {
  // Loaded only where there is a secret to read: the SDK's client costs a cold start more than the rest of this function.
  const open = async () =>
    (await import('./secret-reader.ts')).createReader(secretId, (text) => v.parse(secretSchema, text))
  let reader: ReturnType<typeof open> | undefined = open()
  const readAhead = reader.then(async ({ ahead }) => {
    const secret = await ahead
    // The first request finds out for itself.
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
