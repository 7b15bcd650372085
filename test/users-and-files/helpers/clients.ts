import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { call } from './service.ts'

/** Milliseconds between two requests of one client. */
const PAUSE = 50
/** Milliseconds in which every answer comes, whatever is broken: by the caller's own clock. */
export const PATIENCE = 10_000

interface User {
  readonly id: number
  readonly name: string
}
interface Answer {
  readonly status: number
  readonly sent: number
}

/** Clients that read and write at the same time, remember what they were told, and hold the program to it. */
export class Clients {
  readonly answers: Answer[] = []
  /** Answers that no client should ever see. */
  readonly bad: string[] = []
  /** Statuses that are an answer too, for the time being. */
  tolerated: readonly number[] = []
  /** As PATIENCE, for this time. */
  patience = PATIENCE
  readonly #base: string
  readonly #acknowledged: User[] = []
  #running: Promise<unknown> | undefined
  #stopping = false

  constructor(base: string) {
    this.#base = base
  }

  start(count = 32): void {
    this.#stopping = false
    this.#running = Promise.all(Array.from({ length: count }, (_, index) => this.#client(index % 2 === 0)))
  }

  /** Resolves when every client has its last answer. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#running
  }

  /** Resolves when `count` more requests, sent from now on, had this answer. */
  async get(status: number, count: number): Promise<void> {
    const now = Date.now()
    const seen = () => this.answers.filter((each) => each.status === status && each.sent >= now).length
    while (seen() < count) {
      assert.ok(Date.now() - now < 60_000, `of ${count} answers with ${status} came ${seen()} in 60 s`)
      await pause()
    }
  }

  /** Statuses of the requests that were sent since then, and how often. */
  since(time: number): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { status, sent } of this.answers) if (sent >= time) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }

  /** Every write that was acknowledged is there as it was acknowledged, and none is there twice. */
  async check(): Promise<void> {
    const stored: User[] = []
    for (let next: string | null = '0'; next !== null; ) {
      const { body } = await call(`${this.#base}/rds?limit=1000&after=${next}`)
      stored.push(...body.users)
      next = body.next
    }
    const names = new Map(stored.map(({ id, name }) => [id, name]))
    assert.deepEqual(
      this.#acknowledged.filter(({ id, name }) => names.get(id) !== name),
      [],
      'lost',
    )
    const once = new Set<string>()
    assert.deepEqual(
      stored.filter(({ name }) => once.size === once.add(name).size),
      [],
      'doubled',
    )
    assert.deepEqual(this.bad, [])
    assert.ok(this.#acknowledged.length > 0)
  }

  async #client(insists: boolean): Promise<void> {
    while (!this.#stopping) {
      if (insists) {
        await this.#createOnce()
      } else {
        await this.#create()
        await this.#send('/rds?limit=5')
      }
      await pause()
    }
  }

  async #create(headers: Record<string, string> = {}, name: string = randomUUID()): Promise<number> {
    const answer = await this.#send('/rds', { method: 'POST', json: { name, age: 1 }, headers })
    if (answer.status === 200) this.#acknowledged.push(answer.body.user)
    return answer.status
  }

  /** As a client that wants to have it done: again until it is, with the same key. */
  async #createOnce(): Promise<void> {
    const name = randomUUID()
    while ((await this.#create({ 'Idempotency-Key': name }, name)) !== 200 && !this.#stopping) await pause()
  }

  async #send(path: string, init: Parameters<typeof call>[1] = {}): Promise<Awaited<ReturnType<typeof call>>> {
    const sent = Date.now()
    const answer = await call(`${this.#base}${path}`, init)
    const took = Date.now() - sent
    const { status, headers, body } = answer
    this.answers.push({ status, sent })
    const expected = status === 200 || (status === 503 && headers.has('retry-after')) || this.tolerated.includes(status)
    if (took > this.patience) this.bad.push(`${status} after ${took} ms`)
    if (!expected) this.bad.push(`${status} ${JSON.stringify(body)}`)
    return answer
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE))
