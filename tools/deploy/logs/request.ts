import { accessLogGroupOf, logGroupOf, namesOf } from '../../../terraform/names.ts'
import type { Settings } from '../../../terraform/settings.ts'
import { images } from '../../build/images.ts'

/** What is asked for, from the environment. */
export interface LogRequest {
  /** Log groups, each with the short name that its lines begin with. */
  readonly groups: ReadonlyMap<string, string>
  /** Milliseconds since 1970. */
  readonly since: number
  /** What a line has to contain. */
  readonly text: string | undefined
  readonly follow: boolean
  /** Whether lines are printed as they are. */
  readonly raw: boolean
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads FUNCTION, SINCE, REQUEST, FOLLOW and JSON.
 * @throws Error that says what a wrong one has to be.
 */
export function readLogRequest(settings: Settings, env: Variables, now = Date.now()): LogRequest {
  const { FUNCTION, SINCE = '10m', REQUEST: text, FOLLOW, JSON: raw } = given(env)
  const [, number, unit] = /^(\d+)([smhd])$/.exec(SINCE) ?? []
  if (unit === undefined) throw new Error(`SINCE=${SINCE} must be a number and s, m, h or d, such as 10m`)
  if (text !== undefined && /["\\]/.test(text)) throw new Error('REQUEST must be an id, without quotation marks')
  return {
    groups: groupsOf(settings, FUNCTION, text !== undefined),
    since: now - Number(number) * UNITS[unit as keyof typeof UNITS],
    text,
    follow: FOLLOW === '1',
    raw: raw === '1',
  }
}

const given = (env: Variables): Variables => Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))

/** The functions' groups; those of access logs where one is asked for, or any trace of a request. */
function groupsOf(settings: Settings, wanted: string | undefined, ofOneRequest: boolean): Map<string, string> {
  const { ACCESS_LOGS, API_SECURITY } = settings
  const names = namesOf(settings)
  const functions = {
    ...Object.fromEntries(images.map((image) => [image, logGroupOf(names.of(image))])),
    migrate: logGroupOf(names.of('rds-migrate')),
    ...(API_SECURITY === 'jwt' && { authorizer: logGroupOf(names.of('authorizer')) }),
  }
  const access =
    ACCESS_LOGS === 'none'
      ? {}
      : Object.fromEntries(images.map((image) => [`${image}-access`, accessLogGroupOf(names.of(image))]))
  const all: Readonly<Record<string, string>> = { ...functions, ...access }
  const chosen = wanted?.split(',') ?? Object.keys(ofOneRequest ? all : functions)
  const unknown = chosen.find((name) => !(name in all))
  if (unknown !== undefined) throw new Error(`FUNCTION=${unknown} must be one of ${Object.keys(all).join(', ')}`)
  return new Map(chosen.map((name) => [String(all[name]), name]))
}
