import { isUtf8 } from 'node:buffer'
import { pairs } from './exchange.ts'
import type { Content, RequestDetail, RequestSummary } from './page/types.ts'
import type { Kept, Recorded } from './recorder.ts'

/** Headers whose values let others in: they are not shown, not even to whoever sent them, since screens and texts are shared. */
const SECRET = /^(authorization|proxy-authorization|x-api-key|cookie|x-amz-security-token)$/i
const HIDDEN = '•••'

/** A row of the list. */
export function summaryOf({ requestId, time, httpMethod, target, answer, duration, result }: Recorded): RequestSummary {
  return {
    id: requestId,
    time,
    method: httpMethod,
    target,
    status: answer.status,
    duration,
    ...(result?.environmentId && { environment: result.environmentId }),
    ...(result?.initDuration !== undefined && { coldStart: result.initDuration }),
  }
}

/** All of a request but the values of its credentials. */
export function detailOf(recorded: Recorded): RequestDetail {
  const { rawHeaders, body, answer, event, result, functionError } = recorded
  return {
    ...summaryOf(recorded),
    headers: pairs(rawHeaders).map(([name, value]) => [name, hide(name, value)]),
    ...(body && { body: contentOf(body) }),
    answer: { headers: answer.headers, body: contentOf(answer.body) },
    ...(event && { event: shownEvent(event, body) }),
    ...(functionError !== undefined && { functionError }),
    ...(result && { functionDuration: result.duration }),
    lines: recorded.lines,
  }
}

function shownEvent(event: NonNullable<Recorded['event']>, body: Kept | undefined): object {
  const { identity } = event.requestContext
  return {
    ...event,
    headers: hideAll(event.headers),
    multiValueHeaders: hideAll(event.multiValueHeaders),
    requestContext: {
      ...event.requestContext,
      identity: { ...identity, ...('apiKey' in identity && { apiKey: HIDDEN }) },
    },
    body: body && body.size > 0 ? body.bytes.toString(event.isBase64Encoded ? 'base64' : 'utf8') : null,
  }
}

/** Bytes that end in the middle of a character because they were cut there are text all the same. */
function contentOf({ bytes, size }: Kept): Content {
  const cut = size > bytes.length
  for (let end = bytes.length; end >= Math.max(0, bytes.length - (cut ? 3 : 0)); end--) {
    const whole = bytes.subarray(0, end)
    if (isUtf8(whole)) return { size, cut, text: whole.toString() }
  }
  return { size, cut, base64: bytes.toString('base64') }
}

/** What kind of credentials it was may be seen: `Bearer •••`. */
function hide(name: string, value: string): string {
  if (!SECRET.test(name)) return value
  const [, scheme] = /^authorization$/i.test(name) ? (/^([\w-]+) ./.exec(value) ?? []) : []
  return scheme ? `${scheme} ${HIDDEN}` : HIDDEN
}

function hideAll<T extends string | string[]>(headers: Record<string, T> | null): Record<string, T> | null {
  if (!headers) return null
  const hidden = (name: string, value: T) =>
    (Array.isArray(value) ? value.map((each) => hide(name, each)) : hide(name, value)) as T
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hidden(name, value)]))
}
