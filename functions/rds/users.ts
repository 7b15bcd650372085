import { NotFoundError } from '../http/caller-errors.ts'
import type { Database, Session } from '../mysql/database.ts'
import { once } from '../mysql/idempotency.ts'
import { type NewUser, newUser, type Page, type User } from './api.ts'

/** Columns are named like the schema's fields, so a new field takes a line there and a migration. */
const columns = Object.keys(newUser.entries) as (keyof NewUser)[]
const optional = columns.filter((column) => (newUser.entries[column] as { type: string }).type === 'optional')

/** An omitted field is NULL in the table, and omitted from answers. */
const valuesOf = (user: NewUser) => columns.map((column) => user[column] ?? null)
function toUser(row: User): User {
  for (const column of optional) if (row[column] === null) Reflect.deleteProperty(row, column)
  return row
}

const SELECT = `SELECT id, ${columns.join(', ')} FROM Users`
const INSERT = `INSERT INTO Users (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
const UPDATE = `UPDATE Users SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`

const missing = (id: number) => new NotFoundError(`There is no user ${id}`)

/** Use cases on users. Every query uses the primary key, so every page costs the same. */
export const createUsers = (database: Database) => ({
  /** Lists users by id, after the id `after`. Reads one more than `limit`, to know whether a next page exists. */
  async list({ limit, after }: Page) {
    // MySQL 8 does not accept LIMIT as a parameter of a prepared statement; the schema has validated `limit`.
    const sql = `${SELECT} WHERE id > ? ORDER BY id LIMIT ${limit + 1}`
    const rows = await database.read<User>(sql, [after])
    const users = rows.slice(0, limit).map(toUser)
    return { users, next: rows.length > limit ? String(users.at(-1)?.id) : null }
  },

  /**
   * @param key idempotency key: repeats within 24 hours return the same user.
   * @throws InvalidInputError if the key was used for another creation.
   */
  async create(user: NewUser, key?: string, caller?: string): Promise<User> {
    const request = valuesOf(user)
    const insert = async (session: Session) => (await session.write(INSERT, request)).insertId
    const id = await (key === undefined ? insert(database) : once(database, { key, caller, request }, insert))
    return { id, ...user }
  },

  /** @throws NotFoundError */
  async get(id: number): Promise<User> {
    const [user] = await database.read<User>(`${SELECT} WHERE id = ?`, [id])
    if (!user) throw missing(id)
    return toUser(user)
  },

  /** @throws NotFoundError */
  async replace(id: number, user: NewUser): Promise<User> {
    const { affectedRows } = await database.write(UPDATE, [...valuesOf(user), id])
    if (affectedRows === 0) throw missing(id)
    return { id, ...user }
  },

  /** @throws NotFoundError */
  async remove(id: number): Promise<void> {
    const { affectedRows } = await database.write('DELETE FROM Users WHERE id = ?', [id])
    if (affectedRows === 0) throw missing(id)
  },
})
