import { randomUUID } from 'node:crypto'
import { Environment, type EnvironmentOptions, type ErrorPayload } from './environment.ts'
import { FunctionStoppedError, type InvocationResult, MAX_REQUEST_BYTES, RequestTooLargeError } from './invocation.ts'

/** How many times the idle timeout the last environment stays warm. */
const WARM_PERIODS = 4

/**
 * Most execution environments of a function, and most that start at a time. Lambda has 1000, but each is a Node.js process of some
 * 60–100 MB, and dozens of cold starts at once would stall a laptop for longer than the queue does.
 */
const MOST = 32
const STARTING_AT_ONCE = 8

/** With `inspectorPort` there is one environment at a time, without limits of time, and it is there before the first invocation. */
export interface FunctionOptions extends EnvironmentOptions {
  /** Most execution environments at a time; further callers wait their turn. @default 32 */
  readonly maxEnvironments?: number
  /** Milliseconds after which an idle environment ends; the last one stays warm four times as long. @default 30000 */
  readonly idleTimeout?: number
  /** Milliseconds for initialisation; after that it starts over, within the timeout of the first invocation. @default 10000 */
  readonly initTimeout?: number
}

interface Waiting {
  readonly event: string
  readonly resolve: (result: InvocationResult) => void
  readonly reject: (error: Error) => void
}

/** A Lambda function on this machine: starts execution environments on demand and reuses them, the last used first. */
export class LambdaFunction {
  readonly name: string
  readonly #options: FunctionOptions
  readonly #most: number
  readonly #queue: Waiting[] = []
  readonly #starting = new Set<Environment>()
  readonly #busy = new Set<Environment>()
  /** The last used is the last one here. */
  readonly #idle: Environment[] = []
  readonly #idleTimers = new WeakMap<Environment, NodeJS.Timeout>()
  /** Those of the code before `reload`: they end as soon as they are free. */
  readonly #stale = new WeakSet<Environment>()
  /** Ends under way, which `stop` waits for. */
  readonly #ending = new Set<Promise<void>>()
  #stopped = false

  constructor(options: FunctionOptions) {
    this.#options = options
    this.#most = options.inspectorPort === undefined ? (options.maxEnvironments ?? MOST) : 1
    this.name = options.wiring.name
    this.#awaitDebugger()
  }

  /** Event in, result out. Rejects only with `RequestTooLargeError` or when stopped. */
  async invoke(event: unknown): Promise<InvocationResult> {
    if (this.#stopped) throw new FunctionStoppedError(this.name)
    const json = JSON.stringify(event) ?? 'null'
    const bytes = Buffer.byteLength(json)
    if (bytes > MAX_REQUEST_BYTES) throw new RequestTooLargeError(bytes)
    return new Promise((resolve, reject) => {
      this.#queue.push({ event: json, resolve, reject })
      this.#dispatch()
    })
  }

  /** New code: idle environments end now, busy ones after their invocation. */
  reload(): void {
    for (const environment of this.#busy) this.#stale.add(environment)
    for (const environment of [...this.#idle, ...this.#starting]) this.#end(environment)
    this.#awaitDebugger()
    this.#dispatch()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const { reject } of this.#queue.splice(0)) reject(new FunctionStoppedError(this.name))
    for (const environment of [...this.#idle, ...this.#starting, ...this.#busy]) this.#end(environment)
    await Promise.all(this.#ending)
  }

  /** Gives waiting callers, in order, to idle environments, and starts as many as are still missing. */
  #dispatch(): void {
    while (this.#queue.length > 0) {
      const environment = this.#idle.pop()
      if (!environment) break
      clearTimeout(this.#idleTimers.get(environment))
      if (!environment.ended) this.#run(environment)
    }
    const wanted = () => Math.min(this.#queue.length, STARTING_AT_ONCE)
    while (this.#starting.size < wanted() && this.#count < this.#most && !this.#portIsTaken) this.#start()
  }

  get #count(): number {
    return this.#starting.size + this.#busy.size + this.#idle.length
  }

  /** By an environment that is ending. */
  get #portIsTaken(): boolean {
    return this.#options.inspectorPort !== undefined && this.#ending.size > 0
  }

  /** Starts the environment that a debugger attaches to, where there is none. */
  #awaitDebugger(): void {
    if (this.#options.inspectorPort !== undefined && this.#count === 0 && !this.#portIsTaken && !this.#stopped)
      this.#start()
  }

  #start(): void {
    const environment = new Environment(this.#options)
    this.#starting.add(environment)
    const { initTimeout = 10_000, inspectorPort } = this.#options
    const limit = inspectorPort ? undefined : setTimeout(() => this.#initTimedOut(environment), initTimeout)
    void environment.init.then((error) => {
      clearTimeout(limit)
      // Otherwise it was ended: by reload, by stop, or after the limit.
      if (!this.#starting.delete(environment)) return
      if (error) this.#initFailed(environment, error)
      else this.#free(environment)
      this.#dispatch()
    })
  }

  #initFailed(environment: Environment, error: ErrorPayload): void {
    this.#end(environment, true)
    const requestId = randomUUID()
    const payload = error(requestId)
    const environmentId = environment.id
    this.#queue.shift()?.resolve({ requestId, payload, functionError: 'Unhandled', duration: 0, environmentId })
  }

  #initTimedOut(environment: Environment): void {
    this.#end(environment)
    if (this.#queue.length > 0) this.#run(new Environment(this.#options))
  }

  /** The first caller in the queue gets this environment. */
  #run(environment: Environment): void {
    const waiting = this.#queue.shift()
    if (!waiting) return
    this.#busy.add(environment)
    void environment.invoke(waiting.event).then((result) => {
      this.#busy.delete(environment)
      if (this.#stopped) waiting.reject(new FunctionStoppedError(this.name))
      else waiting.resolve(result)
      if (environment.ended || this.#stale.has(environment)) this.#end(environment)
      else this.#free(environment)
      this.#dispatch()
    })
  }

  #free(environment: Environment): void {
    this.#idle.push(environment)
    if (this.#options.inspectorPort === undefined) this.#watchIdle(environment, 1)
  }

  #watchIdle(environment: Environment, period: number): void {
    const timer = setTimeout(() => {
      if (this.#idle.length > 1 || period === WARM_PERIODS) this.#end(environment)
      else this.#watchIdle(environment, period + 1)
    }, this.#options.idleTimeout ?? 30_000)
    this.#idleTimers.set(environment, timer.unref())
  }

  #end(environment: Environment, failed = false): void {
    this.#starting.delete(environment)
    this.#busy.delete(environment)
    const index = this.#idle.indexOf(environment)
    if (index >= 0) this.#idle.splice(index, 1)
    clearTimeout(this.#idleTimers.get(environment))
    const ending = environment.end().finally(() => {
      this.#ending.delete(ending)
      if (this.#options.inspectorPort === undefined || this.#stopped) return
      // One that cannot start would do so again and again.
      if (!failed) this.#awaitDebugger()
      this.#dispatch()
    })
    this.#ending.add(ending)
  }
}
