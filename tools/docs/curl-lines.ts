import type { ApiDefinition } from '../../functions/http/api-definition.ts'
import { toCurl } from '../console/page/curl.ts'
import { sampleOf } from './samples.ts'

/**
 * Builds curl commands to try an API: its first route with a body, and its first GET without path parameters.
 * @param url URL of its stage.
 * @param options curl options that authenticate the caller. Skips forms with signatures: curl cannot sign them.
 */
export function curlLines({ routes }: ApiDefinition, url: string, options = ''): string[] {
  const { origin, pathname } = new URL(url)
  const all = Object.entries(routes)
  const chosen = [
    all.find(([, { body }]) => body && !('multipart' in body && options.includes('--aws-sigv4'))),
    all.find(([route, { path }]) => route.startsWith('GET ') && !path),
  ]
  return chosen.flatMap((each) => {
    if (!each) return []
    const { target, ...sample } = sampleOf(...each, false)
    const line = toCurl({ ...sample, origin, target: pathname.replace(/\/$/, '') + target })
    return line.replace(/^curl/, () => `curl${options}`)
  })
}
