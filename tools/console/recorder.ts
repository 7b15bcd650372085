import type { RequestRecord } from '../local/gateway/gateway.ts'
import type { Answer } from '../local/gateway/gateway-response.ts'
import type { ProxyEvent } from '../local/gateway/proxy-event.ts'
import type { LineSource } from '../local/lambda/environment.ts'
import type { InvocationResult } from '../local/lambda/invocation.ts'

/** Requests that are kept, and bytes of them together: the oldest go first. */
export const CAPACITY = 500
const MAX_BYTES = 16 * 1024 ** 2
/** Bytes of a body that are kept. */
export const MAX_BODY_BYTES = 64 * 1024
/** What a request takes beside its bodies, roughly; bytes. */
const OVERHEAD = 4096
const MAX_LINES = 100
const MAX_LINE_LENGTH = 8192
/** Invocations whose lines came before their request's end. */
const MAX_PENDING = 256

/** A body, or its beginning. */
export interface Kept {
  readonly bytes: Buffer
  /** Of the whole. */
  readonly size: number
}

/** A request as it is kept: with credentials, which never leave this process. */
export interface Recorded extends Omit<RequestRecord, 'body' | 'answer' | 'event' | 'result'> {
  readonly time: number
  readonly body?: Kept
  readonly answer: Omit<Answer, 'body'> & { readonly body: Kept }
  /** Without its body. */
  readonly event?: ProxyEvent
  readonly result?: Omit<NonNullable<RequestRecord['result']>, 'payload'>
  /** What the function gave, where that is no answer. */
  readonly functionError?: string
  readonly lines: string[]
  /** Grows with each change of any request. */
  change: number
}

/** The last requests through the gateway, in memory only. Nothing is turned into text before somebody looks. */
export class Recorder {
  /** By request id, the oldest first. */
  readonly #records = new Map<string, Recorded>()
  /** By invocation and by environment, whose latest it is: where late lines belong. */
  readonly #owners = new Map<string, Recorded>()
  readonly #pending = new Map<string, string[]>()
  #bytes = 0
  #change = 0
  #clearings = 0

  add(record: RequestRecord): void {
    const { body, answer, event, result, ...rest } = record
    const { payload = '', ...invocation }: Partial<InvocationResult> = result ?? {}
    const failed = result && (result.functionError || answer.status === 502)
    const keys = [invocation.environmentId, invocation.requestId, record.requestId].filter((key) => key !== undefined)
    const recorded: Recorded = {
      ...rest,
      time: Date.now(),
      ...(body && { body: keep(body) }),
      answer: { ...answer, body: keep(answer.body) },
      ...(event && { event: { ...event, body: null } }),
      ...(result && { result: invocation as NonNullable<Recorded['result']> }),
      ...(failed && { functionError: copy(payload, MAX_BODY_BYTES) }),
      lines: keys.flatMap((key) => this.#pending.get(key) ?? []).slice(0, MAX_LINES),
      change: ++this.#change,
    }
    this.#records.set(record.requestId, recorded)
    this.#bytes += bytesOf(recorded)
    for (const key of keys) {
      this.#pending.delete(key)
      // Last in the map's order, which is that of eviction.
      this.#owners.delete(key)
      this.#owners.set(key, recorded)
    }
    this.#evict()
  }

  /** A line that a function wrote, before or after its answer. */
  line(line: string, { environmentId, requestId }: LineSource): void {
    // The stack's own line names its request, which no delay of the pipe can change.
    const named = /"apiRequestId":"([\w-]+)"/.exec(line)?.[1]
    const key = named ?? requestId ?? environmentId
    const owner = this.#owners.get(key)
    const lines = owner?.lines ?? this.#pending.get(key) ?? []
    if (lines.length < MAX_LINES) lines.push(copy(line, MAX_LINE_LENGTH))
    if (owner) owner.change = ++this.#change
    else this.#pending.set(key, lines)
    trim(this.#pending, MAX_PENDING)
  }

  get(id: string): Recorded | undefined {
    return this.#records.get(id)
  }

  /** Number of the latest change. */
  get change(): number {
    return this.#change
  }

  /** The requests that were added or changed after that change, the oldest first. */
  since(change: number): Recorded[] {
    if (change === this.#change) return []
    return [...this.#records.values()].filter((recorded) => recorded.change > change)
  }

  /** How often it was emptied. */
  get clearings(): number {
    return this.#clearings
  }

  clear(): void {
    this.#clearings += 1
    this.#records.clear()
    this.#owners.clear()
    this.#pending.clear()
    this.#bytes = 0
  }

  #evict(): void {
    for (const [id, oldest] of this.#records) {
      if (this.#records.size <= CAPACITY && this.#bytes <= MAX_BYTES) break
      this.#records.delete(id)
      this.#bytes -= bytesOf(oldest)
    }
    trim(this.#owners, 3 * CAPACITY)
  }
}

function keep(body: Buffer): Kept {
  // A part of a buffer would hold all of it.
  return {
    bytes: body.length > MAX_BODY_BYTES ? Buffer.from(body.subarray(0, MAX_BODY_BYTES)) : body,
    size: body.length,
  }
}

/** The beginning of a text, without the rest in memory behind it. */
function copy(text: string, length: number): string {
  return text.length > length ? Buffer.from(text.slice(0, length)).toString() : text
}

function bytesOf({ body, answer, functionError = '' }: Recorded): number {
  return OVERHEAD + (body?.bytes.length ?? 0) + answer.body.bytes.length + functionError.length
}

function trim(map: Map<string, unknown>, size: number): void {
  for (const key of map.keys()) {
    if (map.size <= size) return
    map.delete(key)
  }
}
