import middy from '@middy/core'
import { createLog, describe } from '../http/request-log.ts'
import { databaseCredentials } from './credentials.ts'
import { Database, type Session } from './database.ts'
import type { DatabaseEnvironment } from './environment.ts'
import { serverWarnings } from './server-warnings.ts'

export interface Migration {
  /** Counts up without gaps. */
  readonly version: number
  readonly name: string
  /**
   * One statement with one change. MySQL cannot roll back DDL, so it must be safe to repeat: a crash before its record makes it run
   * again. A column or key that already exists, or is already gone, counts as done.
   */
  readonly sql: string
  /** Steps before `sql` that need code; safe to repeat, too. @param version of the schema; 0 before the first migration. */
  readonly before?: (db: Session, version: number) => Promise<void>
}

/** Errors that mean the change was already applied: duplicate column, duplicate key, nothing to drop. */
const DONE_BEFORE = new Set([1060, 1061, 1091])

/** Seconds to wait for another deployment's migrations; the lock belongs to the connection, so a crash frees it. */
const LOCK_WAIT = 3
/** Lock name, unique per database: locks are global to a server, which several deployments may share. A hash fits the limit of 64 characters. */
export const LOCK = "SHA2(CONCAT('my_lambda.', DATABASE()), 256)"
/** Milliseconds for one migration: large tables take minutes. The function's timeout is longer. */
const MIGRATION_BUDGET = 270_000

/**
 * Applies pending migrations in order and records each. Safe to repeat and to run concurrently.
 * @returns names of the migrations applied now, the schema's version, and warnings about the server's settings.
 * @throws Error that names the failed migration; earlier ones stay applied.
 */
export async function applyMigrations(db: Session, all: readonly Migration[]) {
  const [lock] = await db.read<{ free: number | null }>(`SELECT GET_LOCK(${LOCK}, ${LOCK_WAIT}) AS free`)
  if (lock?.free !== 1) throw new Error('Other migrations are running: try again when they are done')
  try {
    await db.write(`CREATE TABLE IF NOT EXISTS schema_migrations (
      version INT NOT NULL PRIMARY KEY,
      name VARCHAR(255) NOT NULL,
      applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`)
    const done = await db.read<{ version: number }>('SELECT version FROM schema_migrations ORDER BY version')
    let version = done.at(-1)?.version ?? 0
    const applied: string[] = []
    for (const migration of all.filter((each) => each.version > version)) {
      await apply(db, migration, version)
      applied.push(migration.name)
      version = migration.version
    }
    return { applied, version, warnings: await serverWarnings(db) }
  } finally {
    // If this fails, the lock ended with its connection; the error that broke it is the one to report.
    await db.read(`SELECT RELEASE_LOCK(${LOCK})`).catch(() => undefined)
  }
}

async function apply(db: Session, { version, name, sql, before }: Migration, current: number): Promise<void> {
  try {
    await before?.(db, current)
    await db.write(sql).catch((error: { errno?: number }) => {
      if (!DONE_BEFORE.has(error.errno ?? 0)) throw error
    })
    await db.write('INSERT INTO schema_migrations (version, name) VALUES (?, ?)', [version, name])
  } catch (cause) {
    throw new Error(`Migration ${version} (${name}) failed`, { cause })
  }
}

const withCauses = ({ message, cause }: Error): string =>
  cause instanceof Error ? `${message}: ${withCauses(cause)}` : message

/**
 * Lambda handler that applies migrations; deployments and `make dev` invoke it with `{}`. A failure is a function error, which stops
 * the deployment. Its message includes the causes: only operators see it.
 */
export function migrationHandler(environment: DatabaseEnvironment, migrations: readonly Migration[]) {
  const database = new Database(environment, MIGRATION_BUDGET)
  const log = createLog('info')
  return middy()
    .use(databaseCredentials(environment, database))
    .onError((request) => {
      const { error } = request
      if (!error) return
      log('error', 'migrations failed', { error: describe(error, true) })
      request.error = new Error(withCauses(error), { cause: error })
    })
    .handler(async () => {
      const result = await applyMigrations(database, migrations)
      log('info', 'migrations applied', result)
      return result
    })
}
