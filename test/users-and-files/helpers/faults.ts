import assert from 'node:assert/strict'
import type { Connection } from 'mysql2/promise'
import { commandOf } from '../../../tools/process/process.ts'
import { childrenOf } from '../../helpers/dev.ts'
import { Clients, PATIENCE } from './clients.ts'
import { call, startTestService, type TestService, type TestServiceOptions } from './service.ts'

/** As many environments as clients, as in Lambda, where none waits for another's. */
export const CLIENTS = 16

/** Ids of the execution environments' processes. */
export const environments = (): number[] =>
  childrenOf(process.pid).filter((pid) => commandOf(pid)?.includes('runtime.mjs'))

/** A service that 16 clients read from and write to while things are broken. */
export class Trial {
  readonly service: TestService
  readonly clients: Clients
  /** Of one who may do everything on the database. */
  admin: Connection

  private constructor(service: TestService, admin: Connection) {
    this.service = service
    this.clients = new Clients(service.base)
    this.admin = admin
  }

  /** Resolves when as many environments are warm as the machine needs for its clients. */
  static async start(options: TestServiceOptions = {}): Promise<Trial> {
    const service = await startTestService({ maxEnvironments: CLIENTS, ...options })
    const trial = new Trial(service, await service.admin())
    const { clients } = trial
    // 16 processes that start on a small machine are a fault of their own: it ends before the others begin.
    clients.patience = 30_000
    clients.start(CLIENTS)
    // A fast machine never needs as many.
    for (let round = 0; round < 20 && environments().length < CLIENTS / 2; round++) await clients.get(200, CLIENTS)
    await trial.end()
    clients.patience = PATIENCE
    return trial
  }

  /** Clients that work, after what an earlier trial has left. */
  async begin(): Promise<void> {
    this.admin = await this.service.admin()
    this.clients.start(CLIENTS)
    await this.clients.get(200, CLIENTS)
  }

  /** Holds the program to all that it told its clients. */
  async end(): Promise<void> {
    await this.clients.stop()
    await this.clients.check()
    await this.admin.end().catch(() => undefined)
    // What is no log line is what a process says that dies.
    const lines = this.service.log.splice(0)
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('{')),
      [],
    )
  }

  /** The very next request is served, and so are those that are sent from now on. */
  async recovered(): Promise<void> {
    const { clients, service } = this
    const now = Date.now()
    const name = `probe ${now}`
    const probe = await call(`${service.base}/rds`, { method: 'POST', json: { name, age: 1 } })
    assert.equal(probe.status, 200, JSON.stringify(probe.body))
    await clients.get(200, 2 * CLIENTS)
    await clients.stop()
    const { 200: served = 0, ...others } = clients.since(now)
    // On a machine that is busy with other tests some of 16 processes may get no CPU for as long as a connection has time.
    const late = others[503] ?? 0
    assert.deepEqual(Object.keys(others), late > 0 ? ['503'] : [], JSON.stringify(others))
    assert.ok(late <= CLIENTS / 2, `${late} answers with 503 beside ${served} with 200`)
  }

  async query<TRow>(sql: string): Promise<TRow[]> {
    return (await this.admin.query(sql))[0] as TRow[]
  }

  /** Ids of the functions' sessions. */
  async sessions(): Promise<number[]> {
    const rows = await this.query<{ id: number; user: string }>('SELECT id, user FROM information_schema.processlist')
    return rows.filter(({ user }) => user === this.service.user).map(({ id }) => id)
  }

  /** Ends all of the functions' sessions, and waits until they have ended; one that is gone already cannot be ended. */
  async killSessions(): Promise<void> {
    const killed = await this.sessions()
    for (const id of killed) await this.admin.query(`KILL ${id}`).catch(() => undefined)
    while ((await this.sessions()).some((id) => killed.includes(id)));
  }
}
