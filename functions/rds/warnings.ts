import type { Database } from './database/database.ts'

interface Column {
  readonly Field: string
  /** As it was declared, `tinyint(3) unsigned`. */
  readonly Type: string
  /** `utf8mb4_general_ci`; null where the column has no text. */
  readonly Collation: string | null
  readonly Null: 'YES' | 'NO'
  readonly Default: string | null
  readonly Extra: string
}

/** Integers that hold an age: all but a signed TINYINT, which ends at 127. */
const HOLDS_AGES = /^(tinyint.*unsigned|(small|medium|big)?int\b)/
/** Ids that paths and JSON numbers can carry. */
const USUAL_IDS = `BETWEEN 1 AND ${Number.MAX_SAFE_INTEGER}`

type Rule = (column: Column) => string | false
const constraint = ({ Null }: Column) => (Null === 'NO' ? ' NOT NULL' : '')

/** What may be wrong with the columns that the API uses. */
const rules = new Map<string, Rule>(
  Object.entries<Rule>({
    id: ({ Extra }) =>
      !Extra.includes('auto_increment') &&
      'Users.id is not AUTO_INCREMENT, so no user can be created: ALTER TABLE Users MODIFY id INT NOT NULL AUTO_INCREMENT',
    name: (column) => {
      const { Type: type, Collation } = column
      const [charset] = Collation?.split('_') ?? []
      const length = Number(/^(?:var)?char\((\d+)\)/.exec(type)?.[1] ?? (/^(medium|long)?text/.test(type) ? 255 : 0))
      if (charset === undefined || length < 255)
        return `Users.name is ${type}, and names have up to 255 characters: ALTER TABLE Users MODIFY name VARCHAR(255) CHARACTER SET utf8mb4${constraint(column)}`
      return (
        charset !== 'utf8mb4' &&
        `Users.name is ${charset}, so names with other characters are refused: ALTER TABLE Users CONVERT TO CHARACTER SET utf8mb4`
      )
    },
    age: (column) =>
      !HOLDS_AGES.test(column.Type) &&
      `Users.age is ${column.Type}, and ages are integers from 0 to 150: ALTER TABLE Users MODIFY age SMALLINT${constraint(column)}`,
  }),
)

/** And with others. */
const unfilled: Rule = ({ Field, Type, Null, Default, Extra }) =>
  Null === 'NO' &&
  Default === null &&
  !/GENERATED/i.test(Extra) &&
  `Users.${Field} has no default, and the API gives it no value, so no user can be created: ALTER TABLE Users MODIFY ${Field} ${Type} NULL`

/**
 * Values that the API accepts and a given table `Users` cannot store, or holds and the API cannot give, each with the statement that
 * mends it. It is not changed unasked: others may use it. The table that the migrations create has none.
 */
export async function tableWarnings(db: Pick<Database, 'read'>): Promise<string[]> {
  const tables = await db.read<{ Name: string; Engine: string | null }>("SHOW TABLE STATUS LIKE '_sers'")
  if (tables.length === 0) return []
  const columns = await db.read<Column>('SHOW FULL COLUMNS FROM Users')
  // Under lower_case_table_names=1 it is `users`.
  const engine = (tables.find(({ Name }) => Name === 'Users') ?? tables[0])?.Engine
  const first = async (condition: string, problem: (id: number) => string) => {
    const [row] = await db.read<{ id: number }>(`SELECT id FROM Users WHERE ${condition} ORDER BY id LIMIT 1`)
    return row !== undefined && problem(row.id)
  }
  const nullable = columns.filter(({ Field, Null }) => ['name', 'age'].includes(Field) && Null === 'YES')
  const problems = [
    ...columns.map((column) => (rules.get(column.Field) ?? unfilled)(column)),
    Boolean(engine) &&
      engine !== 'InnoDB' &&
      `Users is in ${engine}, without transactions, so a repeat with an Idempotency-Key may create a user twice: ALTER TABLE Users ENGINE = InnoDB`,
    nullable.length > 0 &&
      (await first(
        nullable.map(({ Field }) => `${Field} IS NULL`).join(' OR '),
        (id) => `Users without name or age, the first with id ${id}, are answered with null: PUT mends each`,
      )),
    await first(
      `id NOT ${USUAL_IDS}`,
      (id) =>
        `Users with ids outside of 1 to ${Number.MAX_SAFE_INTEGER}, the first ${id}, cannot be asked for: give them other ids`,
    ),
  ]
  return problems.filter((problem) => problem !== false)
}

/** Settings of the server that no session can change, and what they take from what is promised. */
const CONSEQUENCES: Readonly<Record<string, (value: string) => string | false>> = {
  innodb_flush_log_at_trx_commit: (value) =>
    value !== '1' && 'a crash of the server loses the writes of the last second: set it to 1',
  max_allowed_packet: (value) => Number(value) < 65_536 && 'long statements are refused: set it to 65536 or more',
  max_prepared_stmt_count: (value) =>
    Number(value) < 1024 && 'each connection prepares up to 16 statements, and is refused past it: set it to 16382',
}

/** Sentences on the server's settings that people should know of, each with its fix. */
export async function serverWarnings(db: Pick<Database, 'read'>): Promise<string[]> {
  const names = Object.keys(CONSEQUENCES)
  const rows = await db.read<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`)})`,
  )
  return rows.flatMap(({ Variable_name: name, Value: value }) => {
    const consequence = CONSEQUENCES[name]?.(value)
    return consequence ? [`The server has ${name}=${value}, so ${consequence}`] : []
  })
}
