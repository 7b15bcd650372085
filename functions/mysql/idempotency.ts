import { createHash } from 'node:crypto'
import { InvalidInputError } from '../http/caller-errors.ts'
import type { Value } from './connection.ts'
import type { Database, Session } from './database.ts'

/** Lifetime of a key, in hours. */
const KEPT = 24
/** Expired keys deleted with each new key: more than one, so they never pile up. */
const SWEPT = 10

/**
 * DDL of the table behind `once`. Keys are bytes, so no collation treats two as equal. `user_id` is the id of any created row;
 * renaming the column would break a rollback. A row without an id is visible to its own transaction only.
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
 * Runs `create` once per caller and key; repeats get the same id. Key and creation commit in one transaction, so one never exists without
 * the other. Concurrent repeats wait for the first, and a write whose connection broke is safe to retry.
 * Callers of an open API are indistinguishable, and share their keys.
 * @param key the header `Idempotency-Key`. @param request the request's content, which a repeat must match.
 * @throws InvalidInputError if the key was used for another request.
 */
export async function once(
  database: Database,
  { key: given, caller, request }: { key: string; caller: string | undefined; request: unknown },
  create: (session: Session) => Promise<number>,
): Promise<number> {
  // Hashed, so that it cannot equal a key of an open API.
  const key = caller === undefined ? given : sha256([caller, given])
  const fingerprint = sha256(request)
  return database.transaction(async (session) => {
    const known = await claim(session, key, fingerprint)
    if (known && !known.fingerprint.equals(fingerprint)) {
      const message = 'was used with another body: use a new key'
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
  // The new row is not yet expired, or another request's sweep would delete it.
  // A no-op UPDATE takes an exclusive lock; IGNORE takes a shared one and can deadlock.
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

/** Deletes expired keys. Selects them without a lock, so creations wait for each other only if keys have expired. */
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
