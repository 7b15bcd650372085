import type { Settings } from '../../terraform/settings.ts'
import type { Endpoints } from './endpoints.ts'
import { request, settled, smokeTest } from './smoke-test.ts'

type Access = Pick<Settings, 'API_SECURITY'>

/** What whoever deploys should know about who gets in; nothing where nobody unknown does. */
export const accessWarning = ({ API_SECURITY }: Access): string | undefined =>
  API_SECURITY === 'open'
    ? '⚠ API_SECURITY=open: whoever finds these URLs reads, changes and deletes users and files. iam, api-key, cognito or jwt close them (docs/security.md).'
    : undefined

/**
 * Tries the APIs as deployed. Open ones are used; others have to refuse a stranger, and to let a browser ask before it calls.
 * @returns what came of it, in a few words.
 */
export async function tryApis(
  { API_SECURITY }: Access,
  endpoints: Endpoints,
  progress: (text: string) => void,
): Promise<string> {
  if (API_SECURITY === 'open') {
    await smokeTest(endpoints, progress)
    return 'a file keeps its bytes; a user is created, read and deleted'
  }
  progress('calling as a stranger')
  await Promise.all(Object.values(endpoints).map(refusesStrangers))
  return `strangers are refused (${API_SECURITY})`
}

async function refusesStrangers(url: string): Promise<void> {
  await settled(url)
  const [asked, called] = await Promise.all([request(url, { method: 'OPTIONS' }), request(url)])
  if (asked.status !== 204) throw new Error(`OPTIONS ${url} answered ${asked.status}, not 204: no browser can call it`)
  if (called.status !== 401 && called.status !== 403)
    throw new Error(`GET ${url} answered ${called.status} to a caller without credentials, not 401 or 403`)
}
