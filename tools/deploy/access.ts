import type { Settings } from '../../terraform/settings.ts'
import { type CallerOptions, callerOf, request } from './caller.ts'
import type { Endpoints } from './endpoints.ts'
import { settled, smokeTest } from './smoke-test.ts'

type Access = Pick<Settings, 'API_SECURITY' | 'AWS_REGION'>

/** What whoever deploys should know about who gets in; nothing where nobody unknown does. */
export const accessWarning = ({ API_SECURITY }: Pick<Access, 'API_SECURITY'>): string | undefined =>
  API_SECURITY === 'open'
    ? '⚠ API_SECURITY=open: whoever finds these URLs reads, changes and deletes users and files. iam, api-key, cognito or jwt close them (docs/security.md).'
    : undefined

export interface TryOptions extends CallerOptions {
  progress(text: string): void
  note?(text: string): void
}

/**
 * Tries the APIs as deployed: closed ones have to refuse a stranger, and to let a browser ask before it calls; all of them are
 * used by one who may.
 * @returns what came of it, in a few words.
 */
export async function tryApis(
  settings: Access,
  endpoints: Endpoints,
  { progress, note, ...options }: TryOptions,
): Promise<string> {
  const { API_SECURITY } = settings
  const caller = await callerOf(settings, options)
  if (API_SECURITY === 'open' && 'send' in caller)
    return smokeTest(endpoints, { ...caller, progress, ...(note && { note }) })
  progress('calling as a stranger')
  await Promise.all(Object.values(endpoints).map(refusesStrangers))
  const refused = `strangers are refused (${API_SECURITY})`
  if ('missing' in caller)
    return `${refused}; not tried as one who may call, for lack of ${caller.missing}: ${caller.missing}=… make smoke`
  return `${refused}; ${await smokeTest(endpoints, { ...caller, progress, ...(note && { note }) })}`
}

async function refusesStrangers(url: string): Promise<void> {
  const preflight = { method: 'OPTIONS' }
  await settled(request, url, preflight)
  const [asked, called] = await Promise.all([request(url, preflight), request(url)])
  if (asked.status !== 204) throw new Error(`OPTIONS ${url} answered ${asked.status}, not 204: no browser can call it`)
  if (called.status !== 401 && called.status !== 403)
    throw new Error(`GET ${url} answered ${called.status} to a caller without credentials, not 401 or 403`)
}
