import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { call } from './service.ts'

/** Timeout for every answer during any fault, in milliseconds of the caller's clock. */
export const PATIENCE = 10_000

const pause = () => setTimeout(50)

/** Concurrent clients that record acknowledged writes and check them. */
export class Clients {
  /** Statuses accepted for now, besides 200 and 503. */
  tolerated: readonly number[] = []
  /** Current timeout. */
  patience = PATIENCE
  readonly #base: string
  readonly #answers: { readonly status: number; readonly sent: number }[] = []
  /** Unexpected or late answers. */
  readonly #bad: string[] = []
  /** Names of created users by id. */
  readonly #acknowledged = new Map<number, string>()
  #running: Promise<unknown> | undefined
  #stopping = false

  constructor(base: string) {
    this.#base = base
  }

  start(count: number): void {
    this.#stopping = false
    this.#running = Promise.all(Array.from({ length: count }, (_, index) => this.#client(index % 2 === 0)))
  }

  /** Waits for the last answer of every client. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#running
  }

  /** Waits until `count` requests sent from now on had this status. */
  async get(status: number, count: number): Promise<void> {
    const now = Date.now()
    for (let seen = 0; seen < count; seen = this.since(now)[status] ?? 0) {
      assert.ok(Date.now() - now < 60_000, `of ${count} answers with ${status} came ${seen} in 60 s`)
      await pause()
    }
  }

  /** Counts the statuses of requests sent since then. */
  since(time: number): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { status, sent } of this.#answers) if (sent >= time) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  /** Checks that every acknowledged write is stored unchanged, and once. */
  async check(): Promise<void> {
    const stored = new Map<number, string>()
    for (let next: string | null = '0'; next !== null; ) {
      const { body } = await call(`${this.#base}/rds?limit=1000&after=${next}`)
      for (const { id, name } of body.users) stored.set(id, name)
      next = body.next
    }
    const lost = [...this.#acknowledged].filter(([id, name]) => stored.get(id) !== name)
    assert.deepEqual(lost, [])
    assert.equal(new Set(stored.values()).size, stored.size, 'a user is there twice')
    assert.deepEqual(this.#bad, [])
    assert.ok(this.#acknowledged.size > 0)
  }

  /** @param insists retries each creation with the same idempotency key until it succeeds. */
  async #client(insists: boolean): Promise<void> {
    for (; !this.#stopping; await pause()) {
      const name = randomUUID()
      const user = { method: 'POST', json: { name, age: 1 }, headers: insists ? { 'Idempotency-Key': name } : {} }
      while ((await this.#send('/rds', user)) !== 200 && insists && !this.#stopping) await pause()
      if (!insists) await this.#send('/rds?limit=5')
    }
  }

  async #send(path: string, init?: Parameters<typeof call>[1]): Promise<number> {
    const sent = Date.now()
    const { status, headers, body } = await call(`${this.#base}${path}`, init)
    const took = Date.now() - sent
    this.#answers.push({ status, sent })
    if (status === 200 && body.user) this.#acknowledged.set(body.user.id, body.user.name)
    const expected = status === 200 || (status === 503 && headers.has('retry-after')) || this.tolerated.includes(status)
    if (took > this.patience) this.#bad.push(`${status} after ${took} ms`)
    if (!expected) this.#bad.push(`${status} ${JSON.stringify(body)}`)
    return status
  }
}
