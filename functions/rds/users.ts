import { NotFoundError } from '../http/caller-errors.ts'
import type { Database, Session } from '../mysql/database.ts'
import { once } from '../mysql/idempotency.ts'
import { type NewUser, newUser, type Page, type User } from './api.ts'

/** Columns have the names of the schema's fields, so that a new field is a line there and a migration. */
const columns = Object.keys(newUser.entries) as (keyof NewUser)[]
const optional = columns.filter((column) => (newUser.entries[column] as { type: string }).type === 'optional')

/** A field that is left out is NULL in the table, and left out of answers. */
const valuesOf = (user: NewUser) => columns.map((column) => user[column] ?? null)
function toUser(row: User): User {
  for (const column of optional) if (row[column] === null) Reflect.deleteProperty(row, column)
  return row
}

const SELECT = `SELECT id, ${columns.join(', ')} FROM Users`
const INSERT = `INSERT INTO Users (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
const UPDATE = `UPDATE Users SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`

const missing = (id: number) => new NotFoundError(`There is no user ${id}`)

/** The use cases on users. Rows are reached by the primary key alone, so every page costs the same. */
export const createUsers = (database: Database) => ({
  /** Users by id, from the first after `after`. One more than asked for is read, to know whether a next page exists. */
  async list({ limit, after }: Page) {
    // LIMIT cannot be a parameter of a prepared statement in MySQL 8; `limit` is an integer that the schema checked.
    const sql = `${SELECT} WHERE id > ? ORDER BY id LIMIT ${limit + 1}`
    const rows = await database.read<User>(sql, [after])
    const users = rows.slice(0, limit).map(toUser)
    return { users, next: rows.length > limit ? String(users.at(-1)?.id) : null }
  },

  /**
   * @param key names the creation: repeats of the same creation within 24 hours give the same user.
   * @throws InvalidInputError where the key was used for another one.
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
