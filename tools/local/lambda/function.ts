import { randomUUID } from 'node:crypto'
import { type Environment, type EnvironmentOptions, type InvocationResult, startEnvironment } from './environment.ts'

/** Largest event of a synchronous invocation, bytes of JSON (Lambda quotas). */
const MAX_REQUEST_BYTES = 6_291_456

/** The event is over Lambda's limit for a synchronous invocation, so the function was not invoked. */
export class RequestTooLargeError extends Error {}

/**
 * Most execution environments of a function, and most that start at a time. Lambda has 1000, but each is a Node.js process of some
 * 60–100 MB, and dozens of cold starts at once would stall a laptop for longer than the queue does.
 */
const MOST = 32
const STARTING_AT_ONCE = 8

export interface FunctionOptions extends EnvironmentOptions {
  /** Most execution environments at a time; further callers wait their turn. @default 32 */
  readonly maxEnvironments?: number | undefined
  /** Milliseconds after which an idle environment ends. @default 60000 */
  readonly idleTimeout?: number
  /** Milliseconds for initialisation; after that it starts over, within the timeout of the first invocation. @default 10000 */
  readonly initTimeout?: number
}

type Waiting = PromiseWithResolvers<InvocationResult> & { readonly event: string }

/** `stale`: busy with the code before a reload. */
type State = 'starting' | 'idle' | 'busy' | 'stale' | 'ending'

/**
 * A Lambda function on this machine: starts execution environments on demand and reuses them, the oldest first. For a debugger there is one at a
 * time, and it is there before the first invocation.
 */
export class LambdaFunction {
  readonly #options: FunctionOptions
  readonly #queue: Waiting[] = []
  /** In the order in which they started, until their processes are gone. */
  readonly #environments = new Map<Environment, State>()
  readonly #idleTimers = new WeakMap<Environment, NodeJS.Timeout>()
  /** The last one could not start, and would not without new code. */
  #failed = false
  #stopped = false

  constructor(options: FunctionOptions) {
    this.#options = options
    this.#dispatch()
  }

  /** Event in, result out. Rejects only with `RequestTooLargeError` or when stopped. */
  async invoke(event: unknown): Promise<InvocationResult> {
    if (this.#stopped) throw this.#stoppedError()
    const json = JSON.stringify(event) ?? 'null'
    const bytes = Buffer.byteLength(json)
    if (bytes > MAX_REQUEST_BYTES)
      throw new RequestTooLargeError(`an event of ${bytes} bytes is over the limit of ${MAX_REQUEST_BYTES}`)
    const waiting = { event: json, ...Promise.withResolvers<InvocationResult>() }
    this.#queue.push(waiting)
    this.#dispatch()
    return waiting.promise
  }

  /** New code: idle environments end now, busy ones after their invocation. */
  reload(): void {
    this.#failed = false
    for (const [environment, state] of this.#environments) {
      if (state === 'busy') this.#environments.set(environment, 'stale')
      else if (state !== 'stale') void this.#end(environment)
    }
    this.#dispatch()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const { reject } of this.#queue.splice(0)) reject(this.#stoppedError())
    await Promise.all([...this.#environments.keys()].map((environment) => this.#end(environment)))
  }

  readonly #stoppedError = () => new Error(`function ${this.#options.wiring.name} is stopped`)

  /** Gives waiting callers, in order, to idle environments, and starts as many as are still missing; for a debugger always one. */
  #dispatch(): void {
    if (this.#stopped) return
    for (const [environment, state] of this.#environments)
      if (state === 'idle' && !environment.hasEnded()) void this.#run(environment)
    const { wiring, maxEnvironments = MOST } = this.#options
    const [most, ahead] = wiring.inspectorPort === undefined ? [maxEnvironments, 0] : [1, this.#failed ? 0 : 1]
    const missing = Math.min(this.#queue.length || ahead, STARTING_AT_ONCE)
    const starting = [...this.#environments.values()].filter((state) => state === 'starting').length
    const room = most - this.#environments.size
    for (let count = Math.min(missing - starting, room); count > 0; count -= 1) void this.#start()
  }

  /** @param again after an initialisation that took too long: this one counts to its first invocation. */
  async #start(again = false): Promise<void> {
    const environment = startEnvironment(this.#options)
    this.#environments.set(environment, 'starting')
    const { initTimeout = 10_000, wiring } = this.#options
    const isStarting = () => this.#environments.get(environment) === 'starting'
    const startOver = () => {
      if (!isStarting()) return
      void this.#end(environment)
      void this.#start(true)
    }
    const limit = wiring.inspectorPort === undefined ? setTimeout(startOver, initTimeout) : undefined
    if (again) this.#free(environment)
    const error = await environment.init
    clearTimeout(limit)
    if (!error && isStarting()) this.#free(environment)
    else if (error && isStarting()) {
      this.#failed = true
      void this.#end(environment)
      const requestId = randomUUID()
      this.#queue.shift()?.resolve({ requestId, ...error(requestId), duration: 0, environmentId: environment.id })
    }
    await environment.exited
    clearTimeout(this.#idleTimers.get(environment))
    this.#environments.delete(environment)
    this.#dispatch()
  }

  /** The first caller in the queue gets this environment. */
  async #run(environment: Environment): Promise<void> {
    const waiting = this.#queue.shift()
    if (!waiting) return
    clearTimeout(this.#idleTimers.get(environment))
    this.#environments.set(environment, 'busy')
    const result = await environment.invoke(waiting.event)
    if (this.#stopped) waiting.reject(this.#stoppedError())
    else waiting.resolve(result)
    if (this.#environments.get(environment) === 'busy' && !environment.hasEnded()) this.#free(environment)
    else void environment.end()
  }

  #free(environment: Environment): void {
    this.#environments.set(environment, 'idle')
    const { idleTimeout = 60_000, wiring } = this.#options
    if (wiring.inspectorPort === undefined)
      this.#idleTimers.set(environment, setTimeout(() => this.#end(environment), idleTimeout).unref())
    this.#dispatch()
  }

  #end(environment: Environment): Promise<void> {
    this.#environments.set(environment, 'ending')
    return environment.end()
  }
}
