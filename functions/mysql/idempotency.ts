import { createHash } from 'node:crypto'
import { InvalidInputError } from '../http/caller-errors.ts'
import type { Value } from './connection.ts'
import type { Database, Session } from './database.ts'

/** Hours for which a repeat is known as one. */
const KEPT = 24
/** Expired keys that each new one takes away: more than come in, so that they never pile up. */
const SWEPT = 10

/**
 * Statement that creates the table of `once`. Keys are bytes, so no collation treats two keys as equal. `user_id` is the id of whatever was
 * created; renaming the column would break a rollback. A row without an id is visible to its own transaction only.
 */
export const IDEMPOTENCY_KEYS = `CREATE TABLE IF NOT EXISTS idempotency_keys (
  idempotency_key VARBINARY(255) NOT NULL PRIMARY KEY,
  fingerprint BINARY(32) NOT NULL,
  user_id BIGINT UNSIGNED,
  expires_at DATETIME NOT NULL,
  KEY (expires_at)
) ENGINE = InnoDB`

const sha256 = (value: unknown): Buffer => createHash('sha256').update(JSON.stringify(value)).digest()

/**
 * Runs `create` once for a key of a caller, and gives each repeat the id that it gave. Key and creation are one transaction: there is
 * never one without the other, repeats at the same time wait for the first, and so a write whose connection broke may be done again.
 * Callers of an open API cannot be told apart, and share their keys.
 * @param key the header `Idempotency-Key`. @param request the request's content, which a repeat must match.
 * @throws InvalidInputError where the key was used for another request.
 */
export async function once(
  database: Database,
  { key: given, caller, request }: { key: string; caller: string | undefined; request: unknown },
  create: (session: Session) => Promise<number>,
): Promise<number> {
  // A hash, so it cannot equal a key of an open API.
  const key = caller === undefined ? given : sha256([caller, given])
  const fingerprint = sha256(request)
  return database.transaction(async (session) => {
    const known = await claim(session, key, fingerprint)
    if (known && !known.fingerprint.equals(fingerprint)) {
      const message = 'was used with another body: send a new one'
      throw new InvalidInputError([{ path: 'idempotency-key', message }])
    }
    if (known) return known.id
    const id = await create(session)
    const record = `UPDATE idempotency_keys SET fingerprint = ?, user_id = ?, expires_at = NOW() + INTERVAL ${KEPT} HOUR WHERE idempotency_key = ?`
    await session.write(record, [fingerprint, id, key])
    await sweep(session)
    return id
  }, true)
}

/** Locks the key's row, inserting it if missing. @returns the earlier creation with this key, if any. */
async function claim(session: Session, key: Value, fingerprint: Buffer) {
  // Not expired from the start, or the sweeps of others would take it for one of theirs.
  // An update of nothing takes the lock that a later one needs; IGNORE would share it, and two of them would be a deadlock.
  await session.write(
    `INSERT INTO idempotency_keys (idempotency_key, fingerprint, expires_at) VALUES (?, ?, NOW() + INTERVAL ${KEPT} HOUR) ON DUPLICATE KEY UPDATE fingerprint = fingerprint`,
    [key, fingerprint],
  )
  const [known] = await session.read<{ fingerprint: Buffer; id: number }>(
    'SELECT fingerprint, user_id AS id FROM idempotency_keys WHERE idempotency_key = ? AND user_id IS NOT NULL AND expires_at > NOW()',
    [key],
  )
  return known
}

/** Looks without a lock, so that creations wait for each other only where there is something to take away. */
async function sweep(session: Session): Promise<void> {
  const expired = await session.read<{ idempotency_key: Buffer }>(
    `SELECT idempotency_key FROM idempotency_keys WHERE expires_at <= NOW() ORDER BY expires_at LIMIT ${SWEPT}`,
  )
  if (expired.length === 0) return
  await session.write(
    `DELETE FROM idempotency_keys WHERE idempotency_key IN (${expired.map(() => '?')}) AND expires_at <= NOW()`,
    expired.map(({ idempotency_key }) => idempotency_key),
  )
}
