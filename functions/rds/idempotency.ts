import { createHash } from 'node:crypto'
import { InvalidInputError } from '../http/caller-errors.ts'
import type { Database, Session, Value } from './database/database.ts'

/** Hours for which a repeat is known as one. */
const KEPT = 24
/** Expired keys that each new one takes away: more than come in, so that they never pile up. */
const SWEPT = 10

interface Known {
  readonly fingerprint: Buffer
  readonly user_id: number | null
  readonly expired: number
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/** The key of this caller alone, as bytes, which no key of an open API is; there, callers cannot be told apart and share their keys. */
export const scopedKey = (key: string, caller: string | undefined): Value =>
  caller === undefined ? key : sha256(JSON.stringify([caller, key]))

/**
 * Runs `create` once a key, and gives each repeat the id that it gave. Key and creation are one transaction: there is never one
 * without the other, repeats at the same time wait for the first, and so a write whose connection broke may be done again.
 * @param request what was asked for, which a repeat has to ask for too.
 * @throws InvalidInputError where the key was used for another request.
 */
export async function once(
  database: Database,
  key: Value,
  request: string,
  create: (session: Session) => Promise<number>,
): Promise<number> {
  const fingerprint = sha256(request)
  return database.transaction(
    async (session) => {
      const known = await claim(session, key, fingerprint)
      if (known && !known.fingerprint.equals(fingerprint)) {
        const message = 'was used with another body: send a new one'
        throw new InvalidInputError([{ path: 'idempotency-key', message }])
      }
      if (known) return known.user_id
      const id = await create(session)
      const record = `UPDATE idempotency_keys SET fingerprint = ?, user_id = ?, expires_at = NOW() + INTERVAL ${KEPT} HOUR WHERE idempotency_key = ?`
      await session.write(record, [fingerprint, id, key])
      await sweep(session)
      return id
    },
    { repeatable: true },
  )
}

/** Locks the key's row, which is made where there is none. @returns what was created with it, if anything. */
async function claim(session: Session, key: Value, fingerprint: Buffer) {
  // Not expired from the start, or the sweeps of others would take it for one of theirs.
  // An update of nothing takes the lock that a later one needs; IGNORE would share it, and two of them would be a deadlock.
  await session.write(
    `INSERT INTO idempotency_keys (idempotency_key, fingerprint, expires_at) VALUES (?, ?, NOW() + INTERVAL ${KEPT} HOUR) ON DUPLICATE KEY UPDATE fingerprint = fingerprint`,
    [key, fingerprint],
  )
  const [known] = await session.read<Known>(
    'SELECT fingerprint, user_id, expires_at <= NOW() AS expired FROM idempotency_keys WHERE idempotency_key = ?',
    [key],
  )
  return known?.user_id != null && !known.expired ? { ...known, user_id: known.user_id } : undefined
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
