import type { RequestRecord } from '../local/gateway/gateway.ts'
import type { LineSource } from '../local/lambda/environment.ts'
import { SECRETS, schemeOf } from './page/curl.ts'

/** Requests that are kept: the oldest go first. */
const CAPACITY = 500
/** Bytes that are kept of each body: 32 MiB of all requests and answers at most. */
export const MAX_BODY_BYTES = 32 * 1024
const MAX_LINES = 100
const MAX_LINE_LENGTH = 8192

/** A request as it is kept: with credentials, which never leave this process. */
export type Recorded = ReturnType<typeof recordOf>

/** A row of the list, and all of a request, as the page gets them. */
export type RequestSummary = ReturnType<Recorder['summaryOf']>
export type RequestDetail = ReturnType<Recorder['detailOf']>

/** The last requests through the gateway, in memory only. Nothing is turned into text before somebody looks. */
export class Recorder {
  /** By request id, the oldest first. */
  readonly records = new Map<string, Recorded>()
  /** Log lines, by the request that they name, their invocation, or their execution environment while that starts. */
  readonly #lines = new Map<string, string[]>()
  /** Another number after each change. */
  change = 0

  add(record: RequestRecord): void {
    this.records.set(record.requestId, recordOf(record))
    trim(this.records, CAPACITY)
    this.change++
  }

  /** Adds a line that a function wrote, before or after its answer. */
  line(line: string, { environmentId, requestId }: LineSource): void {
    // The stack's own line names its request, which no delay of the pipe can change.
    const key = /"apiRequestId":"([\w-]+)"/.exec(line)?.[1] ?? requestId ?? environmentId
    const lines = this.#lines.get(key) ?? []
    if (lines.length < MAX_LINES) lines.push(beginning(line, MAX_LINE_LENGTH))
    this.#lines.set(key, lines)
    trim(this.#lines, 3 * CAPACITY)
    this.change++
  }

  /** A row of the list. An environment is there where a function answered, and milliseconds of a cold start where it was one. */
  readonly summaryOf = (recorded: Recorded) => {
    const { requestId, time, httpMethod, target, answer, duration, result } = recorded
    return {
      ...{ id: requestId, time, method: httpMethod, target, status: answer.status, duration },
      environment: result?.environmentId,
      coldStart: result?.initDuration,
      lineCount: this.#linesOf(recorded).length,
    }
  }

  /** All of a request but the values of its credentials. */
  detailOf(recorded: Recorded) {
    const { rawHeaders, body, answer, event, result, functionError } = recorded
    const encoding = event?.isBase64Encoded ? 'base64' : 'utf8'
    return {
      ...this.summaryOf(recorded),
      // Node.js reads each byte of a header as a character.
      headers: pairs(rawHeaders).map(
        ([name, value]) => [name, `${hidden(name, Buffer.from(value, 'latin1'))}`] as const,
      ),
      body: body && contentOf(body),
      answer: { headers: answer.headers, body: contentOf(answer.body) },
      event:
        event &&
        (JSON.parse(JSON.stringify({ ...event, body: body?.bytes.toString(encoding) || null }, hidden)) as object),
      functionError,
      functionDuration: result?.duration,
      lines: this.#linesOf(recorded),
    }
  }

  #linesOf({ requestId, result }: Recorded): string[] {
    const starting = result?.initDuration === undefined ? undefined : result.environmentId
    return [starting, result?.requestId, requestId].flatMap((key) => this.#lines.get(key ?? '') ?? [])
  }
}

function recordOf({ body, answer, event, result, ...rest }: RequestRecord) {
  const failed = result && (result.functionError || answer.status === 502)
  return {
    ...rest,
    time: Date.now(),
    body: body && keep(body),
    answer: { ...answer, body: keep(answer.body) },
    event: event && { ...event, body: null },
    result: result && { ...result, payload: '' },
    /** Result of the function, where it is no valid answer. */
    functionError: failed ? beginning(result.payload, MAX_BODY_BYTES) : undefined,
  }
}

/** The beginning of a body, without the rest in memory behind it. */
const keep = (body: Buffer) => ({ bytes: Buffer.from(body.subarray(0, MAX_BODY_BYTES)), size: body.length })

const beginning = (text: string, length: number) => Buffer.from(text.slice(0, length)).toString()

/** Drops the oldest entry of a map that one more has made too large. */
function trim(map: Map<string, unknown>, size: number): void {
  const [oldest = ''] = map.keys()
  if (map.size > size) map.delete(oldest)
}

/** Headers as Node.js has them raw, in pairs. */
export const pairs = (rawHeaders: readonly string[]): [name: string, value: string][] =>
  rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []))

/** Bytes, as text where they are UTF-8 without a zero byte. */
function contentOf({ bytes, size }: ReturnType<typeof keep>) {
  const cut = size > bytes.length
  try {
    // A character that was cut in the middle is left out.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut })
    if (!text.includes('\0')) return { size, cut, text, base64: undefined }
  } catch {
    // Bytes of another encoding, or of none.
  }
  return { size, cut, text: undefined, base64: bytes.toString('base64') }
}

/** A value, or whatever kind of credentials it was: `Bearer •••`. Also a replacer of `JSON.stringify`. */
function hidden(name: string, value: unknown): unknown {
  if (!Object.hasOwn(SECRETS, name.toLowerCase()) || !value) return value
  if (Array.isArray(value)) return value.map((each) => hidden(name, each))
  return `${schemeOf(name, String(value))}•••`
}
