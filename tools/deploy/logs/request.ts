import { chosen } from '../cli.ts'

/** What to read, from the environment. */
export interface LogRequest {
  /** Short names of log groups, which begin their lines, by group. */
  readonly groups: ReadonlyMap<string, string>
  /** Milliseconds since 1970. */
  readonly since: number
  /** Text that a line has to contain. */
  readonly text: string | undefined
  readonly follow: boolean
  /** Whether lines are printed unformatted. */
  readonly raw: boolean
}

/** Log groups by their short names. */
export interface LogGroups {
  readonly functions: ReadonlyMap<string, string>
  readonly others: ReadonlyMap<string, string>
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads FUNCTION, SINCE, REQUEST, FOLLOW and JSON. Groups that are no function's are read where one is named, or a request is traced.
 * @throws Error that says what a wrong one has to be.
 */
export function readLogRequest({ functions, others }: LogGroups, env: Variables, now = Date.now()): LogRequest {
  const { FUNCTION, FOLLOW, JSON: raw } = env
  const [SINCE, text] = [env.SINCE || '10m', env.REQUEST || undefined]
  const [, number, unit] = /^(\d+)([smhd])$/.exec(SINCE) ?? []
  if (unit === undefined) throw new Error(`SINCE=${SINCE} must be a number and s, m, h or d, such as 10m`)
  if (text !== undefined && /["\\]/.test(text)) throw new Error('REQUEST must be an id, without quotation marks')
  const groups = FUNCTION || text ? chosen(new Map([...functions, ...others]), FUNCTION) : functions
  return {
    groups: new Map([...groups].map(([name, group]) => [group, name])),
    since: now - Number(number) * UNITS[unit as keyof typeof UNITS],
    text,
    follow: FOLLOW === '1',
    raw: raw === '1',
  }
}
