export interface Migration {
  /** Counts up without gaps. */
  readonly version: number
  readonly name: string
  /**
   * One statement, with one change. MySQL cannot undo a statement that changes a table, so each must be safe to repeat: what a
   * crash leaves between it and its record is done again. That a column or a key is there already, or gone, counts as done.
   */
  readonly sql: string
}

/**
 * The schema, forward only: a released migration is never edited; a new one replaces it. Version 1 made the table `users`, which
 * renameUsers (rename-users.ts) gives its name before version 3 looks for it.
 */
export const migrations: readonly Migration[] = [
  {
    version: 2,
    name: 'create idempotency_keys',
    // The key is bytes, so that no collation takes two keys for one. Without a user it is seen by its own transaction alone.
    sql: `CREATE TABLE IF NOT EXISTS idempotency_keys (
      idempotency_key VARBINARY(255) NOT NULL PRIMARY KEY,
      fingerprint BINARY(32) NOT NULL,
      user_id BIGINT UNSIGNED,
      expires_at DATETIME NOT NULL,
      KEY (expires_at)
    ) ENGINE = InnoDB`,
  },
  {
    version: 3,
    name: 'create Users',
    // Does nothing to a table that the original made: its columns have the same names.
    sql: `CREATE TABLE IF NOT EXISTS Users (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      name VARCHAR(255) NOT NULL,
      age TINYINT UNSIGNED NOT NULL
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`,
  },
]
