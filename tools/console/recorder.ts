import type { RequestRecord } from '../local/gateway/gateway.ts'
import type { LineSource } from '../local/lambda/environment.ts'
import { SECRETS, schemeOf } from './page/curl.ts'

/** Number of requests kept; the oldest are dropped first. */
const CAPACITY = 500
/** Bytes kept of each body: at most 32 MiB for all requests and responses. */
export const MAX_BODY_BYTES = 32 * 1024
const MAX_LINES = 100
const MAX_LINE_LENGTH = 8192

/** A recorded request, including credentials, which never leave this process. */
export type Recorded = ReturnType<typeof recordOf>

/** A request in the list, and its details, as sent to the page. */
export type RequestSummary = ReturnType<Recorder['summaryOf']>
export type RequestDetail = ReturnType<Recorder['detailOf']>

/** Records the last requests through the gateway, in memory only. Formats them only when requested. */
export class Recorder {
  /** Recorded requests by id, oldest first. */
  readonly records = new Map<string, Recorded>()
  /** Log lines by request id, else invocation, else execution environment (during its start). */
  readonly #lines = new Map<string, string[]>()
  /** Incremented with each change. */
  change = 0

  add(record: RequestRecord): void {
    this.records.set(record.requestId, recordOf(record))
    trim(this.records, CAPACITY)
    this.change++
  }

  /** Adds a log line of a function, written before or after its response. */
  line(line: string, { environmentId, requestId }: LineSource): void {
    // The stack's log line contains its request id, so it is assigned correctly even if the pipe delays it.
    const key = /"apiRequestId":"([\w-]+)"/.exec(line)?.[1] ?? requestId ?? environmentId
    const lines = this.#lines.get(key) ?? []
    if (lines.length < MAX_LINES) lines.push(beginning(line, MAX_LINE_LENGTH))
    this.#lines.set(key, lines)
    trim(this.#lines, 3 * CAPACITY)
    this.change++
  }

  /** Summarizes a request. `environment` is set if a function responded, `coldStart` (milliseconds) for a cold start. */
  readonly summaryOf = (recorded: Recorded) => {
    const { requestId, time, httpMethod, target, answer, duration, result } = recorded
    return {
      ...{ id: requestId, time, method: httpMethod, target, status: answer.status, duration },
      environment: result?.environmentId,
      coldStart: result?.initDuration,
      lineCount: this.#linesOf(recorded).length,
    }
  }

  /** Details of a request, with credentials masked. */
  detailOf(recorded: Recorded) {
    const { rawHeaders, body, answer, event, result, functionError } = recorded
    const encoding = event?.isBase64Encoded ? 'base64' : 'utf8'
    return {
      ...this.summaryOf(recorded),
      // Node.js decodes headers as latin1.
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
    /** Result of the function, unless it is a valid response. */
    functionError: failed ? beginning(result.payload, MAX_BODY_BYTES) : undefined,
  }
}

/** Copies the beginning of a body, so the rest can be freed. */
const keep = (body: Buffer) => ({ bytes: Buffer.from(body.subarray(0, MAX_BODY_BYTES)), size: body.length })

const beginning = (text: string, length: number) => Buffer.from(text.slice(0, length)).toString()

/** Drops the oldest entry of a map that exceeds `size`. */
function trim(map: Map<string, unknown>, size: number): void {
  const [oldest = ''] = map.keys()
  if (map.size > size) map.delete(oldest)
}

/** Groups Node.js's raw headers into pairs. */
export const pairs = (rawHeaders: readonly string[]): [name: string, value: string][] =>
  rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []))

/** Converts a body to text, if it is UTF-8 without zero bytes, else to base64. */
function contentOf({ bytes, size }: ReturnType<typeof keep>) {
  const cut = size > bytes.length
  try {
    // `stream` drops a character cut in the middle.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut })
    if (!text.includes('\0')) return { size, cut, text, base64: undefined }
  } catch {
    // Not UTF-8.
  }
  return { size, cut, text: undefined, base64: bytes.toString('base64') }
}

/** Masks credentials, but keeps their scheme: `Bearer •••`. Also works as a replacer of `JSON.stringify`. */
function hidden(name: string, value: unknown): unknown {
  if (!Object.hasOwn(SECRETS, name.toLowerCase()) || !value) return value
  if (Array.isArray(value)) return value.map((each) => hidden(name, each))
  return `${schemeOf(name, String(value))}•••`
}
