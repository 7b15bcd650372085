import type { Content, RequestDetail, RequestSummary } from './page/types.ts'
import type { Recorded, Recorder } from './recorder.ts'
import { pairs } from './replay.ts'

/** Names of values that let others in. They are hidden even from whoever sent them, since screens and texts are shared. */
const SECRET = /^(authorization|proxy-authorization|x-api-key|apikey|cookie|x-amz-security-token)$/i

/** A row of the list. */
export function summaryOf(recorded: Recorded, recorder: Recorder): RequestSummary {
  const { requestId, time, httpMethod, target, answer, duration, result } = recorded
  return {
    id: requestId,
    time,
    method: httpMethod,
    target,
    status: answer.status,
    duration,
    environment: result?.environmentId,
    coldStart: result?.initDuration,
    lineCount: recorder.linesOf(recorded).length,
  }
}

/** All of a request but the values of its credentials. */
export function detailOf(recorded: Recorded, recorder: Recorder): RequestDetail {
  const { rawHeaders, body, answer, event, result, functionError } = recorded
  const encoding = event?.isBase64Encoded ? 'base64' : 'utf8'
  return {
    ...summaryOf(recorded, recorder),
    // Node.js reads each byte of a header as a character.
    headers: pairs(rawHeaders).map(([name, value]) => [name, `${hidden(name, Buffer.from(value, 'latin1'))}`]),
    body: body && contentOf(body),
    answer: { headers: answer.headers, body: contentOf(answer.body) },
    event: event && JSON.parse(JSON.stringify({ ...event, body: body?.bytes.toString(encoding) || null }, hidden)),
    functionError,
    functionDuration: result?.duration,
    lines: recorder.linesOf(recorded),
  }
}

function contentOf({ bytes, size }: NonNullable<Recorded['body']>): Content {
  const cut = size > bytes.length
  try {
    // A character that was cut in the middle is left out.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut })
    if (!text.includes('\0')) return { size, cut, text }
  } catch {
    // Bytes of another encoding, or of none.
  }
  return { size, cut, base64: bytes.toString('base64') }
}

/** A value, or whatever kind of credentials it was: `Bearer •••`. Also a replacer of `JSON.stringify`. */
function hidden(name: string, value: unknown): unknown {
  if (!SECRET.test(name) || !value) return value
  if (Array.isArray(value)) return value.map((each) => hidden(name, each))
  const [scheme = ''] = /authorization/i.test(name) ? (/^[\w-]+ (?=.)/.exec(String(value)) ?? []) : []
  return `${scheme}•••`
}
