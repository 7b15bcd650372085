import { IDEMPOTENCY_KEYS } from '../mysql/idempotency.ts'
import type { Migration } from '../mysql/migrate.ts'
import { renameUsers } from './rename-users.ts'

/** Migrations, forward only: add a new one, never edit a released one. Version 1 created the table `users`. */
export const migrations: readonly Migration[] = [
  { version: 2, name: 'create idempotency_keys', sql: IDEMPOTENCY_KEYS },
  {
    version: 3,
    name: 'create Users',
    before: renameUsers,
    // Leaves a table of the original unchanged: its columns have the same names.
    sql: `CREATE TABLE IF NOT EXISTS Users (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      name VARCHAR(255) NOT NULL,
      age TINYINT UNSIGNED NOT NULL
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`,
  },
]
