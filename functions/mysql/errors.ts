import { ConflictError, InvalidInputError, UnavailableError } from '../http/caller-errors.ts'

/** Too many connections, threads, locks or prepared statements; a blocked host; a lock or statement timeout; a deadlock. */
const OVERLOADED = new Set([1040, 1129, 1135, 1203, 1205, 1206, 1213, 1226, 1461, 1969, 3024])
/** The server is read-only, like a former primary after a failover. */
const READ_ONLY = new Set([1036, 1290, 1792, 1836, 1874])
/** The server ended the session: shutdown, KILL, wait_timeout, offline_mode. */
const SESSION_ENDED = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1317, 1927, 3032, 3169, 4031])
/** System and driver codes. Excludes MySQL's own, which begin with `ER_` or `EE_`, and Node.js's, which begin with `ERR_`. */
const CONNECTION_CODE = /^(E(?!RR?_|E_)|PROTOCOL_)/
/** NULL, out of range, invalid date, outside the character set, too long, or rejected by a CHECK constraint or a trigger. */
const REFUSED_VALUE = new Set([1048, 1264, 1292, 1366, 1406, 1644, 3819, 3988, 4025])
/** Duplicate key, foreign key violation, exhausted AUTO_INCREMENT. */
const CONFLICT = new Set([167, 1062, 1451, 1452, 1467])

interface MysqlError extends Error {
  code?: string
  errno?: number
}

export const isDeadlock = (error: unknown): boolean => (error as MysqlError).errno === 1213

/** Writes have moved to another server, which a new lookup of the host name may find. */
export const isReadOnly = (error: unknown): boolean => READ_ONLY.has((error as MysqlError).errno ?? 0)

/** Unknown user, or a password that was changed. */
export const isAccessDenied = (error: unknown): boolean => (error as MysqlError | undefined)?.errno === 1045

/** The connection is unusable, and the outcome of its last statement unknown. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof UnavailableError) return true
  const { code, errno = 0, message } = error as MysqlError
  return CONNECTION_CODE.test(code ?? '') || SESSION_ENDED.has(errno) || message.includes('closed state')
}

/** Has the message of the Python original. */
export const couldNotConnect = (cause: unknown): UnavailableError =>
  new UnavailableError('Could not connect to MySQL database', { cause })

/** Maps a transient error, or one that the caller caused, to a CallerError. Returns any other, a fault of ours, unchanged. */
export function toCallerError(error: unknown): unknown {
  if (error instanceof UnavailableError) return error
  const { errno = 0 } = error as MysqlError
  if (isConnectionError(error) || isReadOnly(error) || OVERLOADED.has(errno)) return couldNotConnect(error)
  if (CONFLICT.has(errno)) return new ConflictError('The request conflicts with stored data', { cause: error })
  if (REFUSED_VALUE.has(errno)) {
    return new InvalidInputError([{ path: 'body', message: 'has a value that the database refuses' }], { cause: error })
  }
  return error
}
