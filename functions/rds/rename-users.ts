import type { Session } from '../mysql/database.ts'

/**
 * Renames the table `users` of an earlier version to `Users`, as in the original: on Linux, and so on RDS, table names are case-sensitive.
 * A view keeps the earlier name, for functions of that version that still run, and for a rollback.
 * @param version of the schema; 0 before the first migration.
 * @throws Error if both tables exist and `users` has rows, which the API would not return.
 */
export async function renameUsers(db: Session, version: number): Promise<void> {
  const [server] = await db.read<{ folded: number }>('SELECT @@lower_case_table_names AS folded')
  // Case-insensitive server: both names are one table.
  if (server?.folded !== 0) return
  const tables = await db.read<Record<string, string>>("SHOW FULL TABLES LIKE '_sers'")
  const { users, Users } = Object.fromEntries(tables.map((row) => Object.values(row) as [name: string, type: string]))
  if (users === 'BASE TABLE' && !Users) {
    await db.write('RENAME TABLE users TO Users')
    await createView(db).catch(async (cause: Error) => {
      await db.write('RENAME TABLE Users TO users')
      throw new Error('Cannot create the view users on Users: grant CREATE VIEW to the user of the migrations', {
        cause,
      })
    })
  } else if (!users && Users && version > 0) {
    // An earlier run crashed between the two statements.
    await createView(db)
  } else if (users === 'BASE TABLE' && (await db.read('SELECT 1 FROM users LIMIT 1')).length > 0) {
    throw new Error(
      'The tables Users and users both exist, and users has rows, which the API does not read. Move them to Users, rename users (RENAME TABLE users TO users_before), and migrate again.',
    )
  }
}

/** Runs with the rights of its invoker: the user who created it may be deleted. */
const createView = (db: Session) => db.write('CREATE SQL SECURITY INVOKER VIEW users AS SELECT * FROM Users')
