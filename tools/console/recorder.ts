import type { RequestRecord } from '../local/gateway/gateway.ts'
import type { LineSource } from '../local/lambda/environment.ts'

/** Requests that are kept: the oldest go first. */
const CAPACITY = 500
/** Bytes that are kept of each body: 32 MiB of all requests and answers at most. */
export const MAX_BODY_BYTES = 32 * 1024
const MAX_LINES = 100
const MAX_LINE_LENGTH = 8192

/** A request as it is kept: with credentials, which never leave this process. */
export type Recorded = ReturnType<typeof recordOf>

/** The last requests through the gateway, in memory only. Nothing is turned into text before somebody looks. */
export class Recorder {
  /** By request id, the oldest first. */
  readonly #records = new Map<string, Recorded>()
  /** Log lines, by the request that they name, their invocation, or their execution environment while that starts. */
  readonly #lines = new Map<string, string[]>()
  #change = 0

  add(record: RequestRecord): void {
    this.#records.set(record.requestId, recordOf(record))
    trim(this.#records, CAPACITY)
    this.#change++
  }

  /** Adds a line that a function wrote, before or after its answer. */
  line(line: string, { environmentId, requestId }: LineSource): void {
    // The stack's own line names its request, which no delay of the pipe can change.
    const key = /"apiRequestId":"([\w-]+)"/.exec(line)?.[1] ?? requestId ?? environmentId
    const lines = this.#lines.get(key) ?? []
    if (lines.length < MAX_LINES) lines.push(beginning(line, MAX_LINE_LENGTH))
    this.#lines.set(key, lines)
    trim(this.#lines, 3 * CAPACITY)
    this.#change++
  }

  linesOf({ requestId, result }: Recorded): string[] {
    const starting = result?.initDuration === undefined ? undefined : result.environmentId
    return [starting, result?.requestId, requestId].flatMap((key) => this.#lines.get(key ?? '') ?? [])
  }

  get(id: string): Recorded | undefined {
    return this.#records.get(id)
  }

  /** All requests, the oldest first. */
  all(): Recorded[] {
    return [...this.#records.values()]
  }

  /** Another number after each change. */
  get change(): number {
    return this.#change
  }

  clear(): void {
    this.#records.clear()
    this.#lines.clear()
    this.#change++
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
    /** What the function gave, where that is no answer. */
    functionError: failed ? beginning(result.payload, MAX_BODY_BYTES) : undefined,
  }
}

/** The beginning of a body, without the rest in memory behind it. */
const keep = (body: Buffer) => ({ bytes: Buffer.from(body.subarray(0, MAX_BODY_BYTES)), size: body.length })

const beginning = (text: string, length: number) => Buffer.from(text.slice(0, length)).toString()

function trim(map: Map<string, unknown>, size: number): void {
  for (const key of map.keys()) {
    if (map.size <= size) return
    map.delete(key)
  }
}
