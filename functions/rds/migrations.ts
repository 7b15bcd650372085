import { IDEMPOTENCY_KEYS } from '../mysql/idempotency.ts'
import type { Migration } from '../mysql/migrate.ts'
import { renameUsers } from './rename-users.ts'

/** The schema, forward only: a released migration is never edited; a new one replaces it. Version 1 made the table `users`. */
export const migrations: readonly Migration[] = [
  { version: 2, name: 'create idempotency_keys', sql: IDEMPOTENCY_KEYS },
  {
    version: 3,
    name: 'create Users',
    before: renameUsers,
    // Does nothing to a table that the original made: its columns have the same names.
    sql: `CREATE TABLE IF NOT EXISTS Users (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      name VARCHAR(255) NOT NULL,
      age TINYINT UNSIGNED NOT NULL
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`,
  },
]
