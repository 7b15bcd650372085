import { type Image, images } from '../tools/build/images.ts'
import { TIMEOUTS } from './functions.ts'
import { accessLogGroupOf, logGroupOf, namesOf } from './names.ts'
import type { Settings } from './settings.ts'
import { SPARE_CONNECTIONS } from './settings-rules.ts'

export interface WatchedApi {
  readonly id: Image
  /** What it offers, for titles. */
  readonly title: string
  readonly name: string
  /** Milliseconds at which an answer counts as slow. */
  readonly slow: number
  readonly accessLogGroup: string | undefined
}

export interface WatchedFunction {
  readonly id: Image | 'authorizer'
  readonly name: string
  readonly logGroup: string
}

/** What alarms, the dashboard and the queries look at, as CloudWatch knows it. */
export interface Watched {
  readonly region: string
  readonly apis: readonly WatchedApi[]
  readonly functions: readonly WatchedFunction[]
  /** Whether an access log says who called, and not only from where. */
  readonly knowsCallers: boolean
  /** How many invocations of `rds` at a time something stands for: its own reservation, or the database's connections. */
  readonly concurrency: { readonly name: string; readonly most: number; readonly of: string }
  readonly database: { readonly id: string; readonly maxConnections: number } | undefined
}

/** An answer that takes a fifth of what its function may take is slow: the rest is there for retries, not for every day. */
const SLOW = 0.2

export function watchedBy(settings: Settings): Watched {
  const { AWS_REGION: region, ACCESS_LOGS, API_SECURITY } = settings
  const names = namesOf(settings)
  const api = (id: WatchedApi['id'], title: string, timeout: number): WatchedApi => ({
    id,
    title,
    name: names[id],
    slow: timeout * 1000 * SLOW,
    accessLogGroup: ACCESS_LOGS === 'none' ? undefined : accessLogGroupOf(names[id]),
  })
  const ids = [...images, ...(API_SECURITY === 'jwt' ? ['authorizer' as const] : [])] as const
  return {
    region,
    apis: [api('rds', 'Users', TIMEOUTS.rds), api('s3', 'Files', TIMEOUTS.s3)],
    functions: ids.map((id) => ({ id, name: names[id], logGroup: logGroupOf(names[id]) })),
    knowsCallers: API_SECURITY !== 'open',
    concurrency: concurrencyOf(settings, names.rds),
    database: databaseOf(settings, names.database),
  }
}

function concurrencyOf(settings: Settings, name: string): Watched['concurrency'] {
  const { RESERVED_CONCURRENCY: reserved, DB_MAX_CONNECTIONS } = settings
  if (reserved !== undefined) return { name, most: reserved, of: 'RESERVED_CONCURRENCY' }
  return { name, most: DB_MAX_CONNECTIONS - SPARE_CONNECTIONS, of: 'DB_MAX_CONNECTIONS' }
}

/** RDS names an instance `<identifier>.<of the account>.<region>.rds.amazonaws.com`; proxies and clusters have a dot more. */
const INSTANCE = /^([a-z][a-z0-9-]*)\.[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(?:\.cn)?$/i

function databaseOf(settings: Settings, created: string): Watched['database'] {
  const { DB_HOST, DB_MAX_CONNECTIONS: maxConnections } = settings
  const id = DB_HOST === undefined ? created : INSTANCE.exec(DB_HOST)?.[1]
  return id === undefined ? undefined : { id, maxConnections }
}
