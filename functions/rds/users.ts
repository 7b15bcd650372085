import { NotFoundError } from '../http/errors.ts'
import type { Database, Session } from './database.ts'
import { once } from './idempotency.ts'
import type { NewUser, Page, User } from './schema.ts'

export interface UserPage {
  readonly users: readonly User[]
  /** `after` of the next page; `null` on the last. */
  readonly next: string | null
}

const missing = (id: number) => new NotFoundError(`There is no user ${id}`)

/** The use cases on users. Rows are reached by the primary key alone, so every page costs the same. */
export const createUsers = (database: Database) => ({
  /** Users by id, from the first after `after`. One more than asked for is read, to know whether a next page exists. */
  async list({ limit, after }: Page): Promise<UserPage> {
    // LIMIT cannot be a parameter of a prepared statement in MySQL 8; `limit` is an integer that the schema checked.
    const sql = `SELECT id, name, age FROM users WHERE id > ? ORDER BY id LIMIT ${limit + 1}`
    const rows = await database.read<User>(sql, [after])
    const users = rows.slice(0, limit)
    return { users, next: rows.length > limit ? String(users.at(-1)?.id) : null }
  },

  /**
   * @param idempotencyKey with one, repeats of the same creation within 24 hours give the same user.
   * @throws InvalidInputError where the key was used for another one.
   */
  async create({ name, age }: NewUser, idempotencyKey?: string): Promise<User> {
    const insert = async (session: Pick<Session, 'write'>) =>
      (await session.write('INSERT INTO users (name, age) VALUES (?, ?)', [name, age])).insertId
    const id =
      idempotencyKey === undefined
        ? await insert(database)
        : await once(database, idempotencyKey, JSON.stringify([name, age]), insert)
    return { id, name, age }
  },

  /** @throws NotFoundError */
  async get(id: number): Promise<User> {
    const [user] = await database.read<User>('SELECT id, name, age FROM users WHERE id = ?', [id])
    if (!user) throw missing(id)
    return user
  },

  /** @throws NotFoundError */
  async replace(id: number, { name, age }: NewUser): Promise<User> {
    const { affectedRows } = await database.write('UPDATE users SET name = ?, age = ? WHERE id = ?', [name, age, id])
    if (affectedRows === 0) throw missing(id)
    return { id, name, age }
  },

  /** @throws NotFoundError */
  async remove(id: number): Promise<void> {
    const { affectedRows } = await database.write('DELETE FROM users WHERE id = ?', [id])
    if (affectedRows === 0) throw missing(id)
  },
})
