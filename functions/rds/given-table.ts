import type { Database } from './database.ts'

interface Column {
  readonly name: string
  /** As it was declared, `tinyint(3) unsigned`. */
  readonly type: string
  readonly length: number | null
  readonly charset: string | null
  readonly nullable: 'YES' | 'NO'
  readonly fallback: string | null
  readonly extra: string
}

type Problem = string | false

/** Integers that hold an age: all but a signed TINYINT, which ends at 127. */
const HOLDS_AGES = /^(tinyint.*unsigned|(small|medium|big)?int\b)/

/**
 * What a table `users` that was there before the first migration does not take, or not keep, of what the API lets in, each with
 * the statement that mends it. It is not changed unasked: others may use it. Of the table that the migrations make: nothing.
 */
export async function shortcomings(db: Pick<Database, 'read'>): Promise<string[]> {
  const columns = await db.read<Column>(
    `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type, CHARACTER_MAXIMUM_LENGTH AS length, CHARACTER_SET_NAME AS charset,
      IS_NULLABLE AS nullable, COLUMN_DEFAULT AS fallback, EXTRA AS extra
      FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' ORDER BY ORDINAL_POSITION`,
  )
  const [table] = await db.read<{ engine: string }>(
    "SELECT ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users'",
  )
  const problems = [...columns.flatMap(problemsOf), ofEngine(table?.engine), await ofRows(db, columns)]
  return problems.filter((problem) => problem !== false)
}

function problemsOf(column: Column): Problem[] {
  const { name, type, length, charset, extra } = column
  const notNull = column.nullable === 'NO' ? ' NOT NULL' : ''
  if (name === 'id')
    return [
      !extra.includes('auto_increment') &&
        'users.id is not AUTO_INCREMENT, so no user can be created: ALTER TABLE users MODIFY id INT NOT NULL AUTO_INCREMENT',
    ]
  if (name === 'name') {
    const widened = `ALTER TABLE users MODIFY name VARCHAR(255) CHARACTER SET utf8mb4${notNull}`
    if (charset === null || Number(length) < 255)
      return [`users.name is ${type}, and names have up to 255 characters: ${widened}`]
    return [
      charset !== 'utf8mb4' &&
        `users.name is ${charset}, so names with other characters are refused: ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4`,
    ]
  }
  if (name === 'age')
    return [
      !HOLDS_AGES.test(type) &&
        `users.age is ${type}, and ages are integers from 0 to 150: ALTER TABLE users MODIFY age SMALLINT${notNull}`,
    ]
  return [
    column.nullable === 'NO' &&
      column.fallback === null &&
      !/GENERATED/i.test(extra) &&
      `users.${name} has no default, and the API gives it no value, so no user can be created: ALTER TABLE users MODIFY ${name} ${type} NULL`,
  ]
}

const ofEngine = (engine: string | undefined): Problem =>
  engine !== undefined &&
  engine !== 'InnoDB' &&
  `users is in ${engine}, without transactions, so a repeat with an Idempotency-Key may create a user twice: ALTER TABLE users ENGINE = InnoDB`

async function ofRows(db: Pick<Database, 'read'>, columns: readonly Column[]): Promise<Problem> {
  const nullable = columns.filter((each) => ['name', 'age'].includes(each.name) && each.nullable === 'YES')
  if (nullable.length === 0) return false
  const missing = nullable.map(({ name }) => `${name} IS NULL`).join(' OR ')
  const [row] = await db.read<{ id: number }>(`SELECT id FROM users WHERE ${missing} ORDER BY id LIMIT 1`)
  return (
    row !== undefined &&
    `Users without name or age, the first with id ${row.id}, are answered with null: PUT mends each`
  )
}
