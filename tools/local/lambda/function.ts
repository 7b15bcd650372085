import { randomUUID } from 'node:crypto'
import { type Environment, type EnvironmentOptions, type InvocationResult, startEnvironment } from './environment.ts'

/** Limit for the event of a synchronous invocation, in bytes of JSON (Lambda quotas). */
const MAX_REQUEST_BYTES = 6_291_456

/** The event exceeds Lambda's limit for a synchronous invocation, so the function was not invoked. */
export class RequestTooLargeError extends Error {}

/**
 * Limits of a function's execution environments, and of concurrent cold starts. Lambda allows 1000, but each is a Node.js process of
 * 60–100 MB. Dozens of concurrent cold starts stall a laptop for longer than a queue does.
 */
const MOST = 32
const STARTING_AT_ONCE = 8

export interface FunctionOptions extends EnvironmentOptions {
  /** Maximum number of execution environments; further callers are queued. @default 32 */
  readonly maxEnvironments?: number | undefined
  /** Milliseconds before an idle environment is stopped. @default 60000 */
  readonly idleTimeout?: number
  /** Milliseconds for initialization, before a retry within the timeout of the first invocation. @default 10000 */
  readonly initTimeout?: number
}

/** `stale`: busy, with code from before a reload. */
type State = 'starting' | 'idle' | 'busy' | 'stale' | 'ending'

export type LambdaFunction = ReturnType<typeof createFunction>

/**
 * Creates a local Lambda function, which starts execution environments on demand and reuses them, the oldest first. For a debugger it
 * keeps exactly one, started before the first invocation.
 */
export function createFunction(options: FunctionOptions) {
  const { wiring, maxEnvironments = MOST, idleTimeout = 60_000, initTimeout = 10_000 } = options
  const isDebugged = wiring.inspectorPort !== undefined
  const most = isDebugged ? 1 : maxEnvironments
  const queue: (PromiseWithResolvers<InvocationResult> & { readonly event: string })[] = []
  /** In start order; removed once their processes have exited. */
  const environments = new Map<Environment, State>()
  const idleTimers = new WeakMap<Environment, NodeJS.Timeout>()
  /** The last initialization failed; only new code could fix that. */
  let failed = false
  let stopped = false
  const stoppedError = () => new Error(`function ${wiring.name} is stopped`)

  /** Assigns queued callers to idle environments, and starts more for the rest; for a debugger keeps one running. */
  function dispatch(): void {
    if (stopped) return
    for (const [environment, state] of environments)
      if (state === 'idle' && !environment.hasEnded()) void run(environment)
    const ahead = isDebugged && !failed ? 1 : 0
    const missing = Math.min(queue.length || ahead, STARTING_AT_ONCE)
    const starting = [...environments.values()].filter((state) => state === 'starting').length
    const room = most - environments.size
    for (let count = Math.min(missing - starting, room); count > 0; count -= 1) void start()
  }

  /** @param again retries a timed-out initialization, now as part of the first invocation. */
  async function start(again = false): Promise<void> {
    const environment = startEnvironment(options)
    environments.set(environment, 'starting')
    const isStarting = () => environments.get(environment) === 'starting'
    const startOver = () => {
      if (!isStarting()) return
      void end(environment)
      void start(true)
    }
    const limit = isDebugged ? undefined : setTimeout(startOver, initTimeout)
    if (again) free(environment)
    const errorFor = await environment.init
    clearTimeout(limit)
    if (!errorFor && isStarting()) free(environment)
    else if (errorFor && isStarting()) {
      failed = true
      void end(environment)
      const requestId = randomUUID()
      queue.shift()?.resolve({ requestId, ...errorFor(requestId), duration: 0, environmentId: environment.id })
    }
    await environment.exited
    clearTimeout(idleTimers.get(environment))
    environments.delete(environment)
    dispatch()
  }

  /** Runs the first invocation in the queue in this environment. */
  async function run(environment: Environment): Promise<void> {
    const waiting = queue.shift()
    if (!waiting) return
    clearTimeout(idleTimers.get(environment))
    environments.set(environment, 'busy')
    const result = await environment.invoke(waiting.event)
    if (stopped) waiting.reject(stoppedError())
    else waiting.resolve(result)
    if (environments.get(environment) === 'busy' && !environment.hasEnded()) free(environment)
    else void environment.end()
  }

  function free(environment: Environment): void {
    environments.set(environment, 'idle')
    if (!isDebugged) idleTimers.set(environment, setTimeout(() => end(environment), idleTimeout).unref())
    dispatch()
  }

  function end(environment: Environment): Promise<void> {
    environments.set(environment, 'ending')
    return environment.end()
  }

  dispatch()
  return {
    /** Rejects only with `RequestTooLargeError` or when stopped. */
    async invoke(event: unknown): Promise<InvocationResult> {
      if (stopped) throw stoppedError()
      const json = JSON.stringify(event) ?? 'null'
      const bytes = Buffer.byteLength(json)
      if (bytes > MAX_REQUEST_BYTES)
        throw new RequestTooLargeError(`an event of ${bytes} bytes is over the limit of ${MAX_REQUEST_BYTES}`)
      const waiting = { event: json, ...Promise.withResolvers<InvocationResult>() }
      queue.push(waiting)
      dispatch()
      return waiting.promise
    },

    /** Applies new code: stops idle environments now, busy ones after their invocation. */
    reload(): void {
      failed = false
      for (const [environment, state] of environments) {
        if (state === 'busy') environments.set(environment, 'stale')
        else if (state !== 'stale') void end(environment)
      }
      dispatch()
    },

    async stop(): Promise<void> {
      stopped = true
      for (const { reject } of queue.splice(0)) reject(stoppedError())
      await Promise.all([...environments.keys()].map(end))
    },
  }
}
