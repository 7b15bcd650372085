import { randomBytes, randomUUID } from 'node:crypto'
import { completeTrace, newTrace } from '../gateway/trace.ts'
import { ACCOUNT_ID, REGION } from '../sigv4.ts'
import { type FunctionAnswer, RuntimeApi } from './runtime-api.ts'
import { type Program, type Sandbox, startSandbox } from './sandbox.ts'
import { lambdaVariables } from './variables.ts'

export interface EnvironmentOptions extends Program {
  /** Called with each line of the function's output, unchanged. */
  log(line: string, source: LineSource): void
}

export interface LineSource {
  readonly environmentId: string
  /** Id of the current invocation, else of the last one; absent during initialization. */
  readonly requestId: string | undefined
}

export interface InvocationResult extends FunctionAnswer {
  readonly requestId: string
  /** Milliseconds. */
  readonly duration: number
  /** Milliseconds; only for a cold start. */
  readonly initDuration?: number | undefined
  readonly environmentId?: string
}

export type Environment = ReturnType<typeof startEnvironment>

/** Starts an execution environment: a sandbox and its Runtime API, with one invocation at a time. */
export function startEnvironment(options: EnvironmentOptions) {
  const { name, timeout } = options.wiring
  const id = `${name}-${randomBytes(6).toString('hex')}`
  const started = performance.now()
  const api = new RuntimeApi()
  let sandbox: Sandbox | undefined
  let ended = false
  let silent = false
  /** Id of the current invocation, or the last. */
  let requestId: string | undefined
  /** Resolves the current invocation. */
  let answered: ((answer: FunctionAnswer) => void) | undefined
  /** Milliseconds; set after initialization, cleared once the first invocation has reported it. */
  let initDuration: number | undefined

  /** Runs the process until it exits. @returns the reason, as Lambda words it, if any. */
  async function run() {
    const runtimeApi = await api.listen()
    if (!ended)
      sandbox = startSandbox(options, lambdaVariables(options, runtimeApi), id, (line) => {
        if (!silent) options.log(line, { environmentId: id, requestId })
      })
    const reason = await sandbox?.exited
    ended = true
    api.close()
    return reason
  }
  const exited = run().then(exitError, (error: Error) => exitError(error.message))
  void exited.then((errorFor) => answered?.(errorFor(requestId ?? '')))
  const initialised = api.init.then((payload) => {
    initDuration = performance.now() - started
    return payload === undefined ? undefined : (): FunctionAnswer => ({ payload, functionError: 'Unhandled' })
  })

  const environment = {
    id,
    /** Resolves when the process has exited, with a function from request id to error response. Never rejects. */
    exited,
    /** Resolves when the runtime asks for its first event; with such a function if initialization fails or the process exits. */
    init: Promise.race([initialised, exited]),
    /** Whether the process has exited or been killed, so that it takes no more invocations. */
    hasEnded: () => ended,

    /**
     * Invokes the function within its timeout, which includes the rest of a pending initialization.
     * Never rejects: timeouts, crashes and handler errors are results with `functionError`.
     */
    async invoke(event: string): Promise<InvocationResult> {
      const own = randomUUID()
      requestId = own
      const begun = performance.now()
      const { promise, resolve } = Promise.withResolvers<FunctionAnswer>()
      answered = resolve
      const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`
      const [deadline, traceId] = [Date.now() + timeout * 1000, completeTrace(newTrace())]
      void api.invoke({ requestId: own, event, deadline, functionArn, traceId }).then(resolve)
      const timer = setTimeout(() => {
        resolve(platformError('Sandbox.Timedout', own, `Task timed out after ${timeout.toFixed(2)} seconds`))
        void environment.end()
      }, timeout * 1000)
      const answer = await promise
      clearTimeout(timer)
      answered = undefined
      const coldStart = initDuration
      initDuration = undefined
      const duration = performance.now() - begun
      return { requestId: own, ...answer, duration, initDuration: coldStart, environmentId: id }
    },

    /** Kills the process; resolves once it has exited. */
    async end(): Promise<void> {
      ended = true
      // A container briefly outlives its Runtime API, and AWS's client logs the lost connection as a crash.
      if (!answered) silent = true
      sandbox?.kill()
      api.close()
      await exited
    },
  }
  return environment
}

const exitError = (reason: string | undefined) => (requestId: string) => {
  const why = reason ? `with error: ${reason}` : 'without providing a reason'
  return platformError('Runtime.ExitError', requestId, `Runtime exited ${why}`)
}

function platformError(errorType: string, requestId: string, message: string): FunctionAnswer {
  const payload = JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` })
  return { payload, functionError: 'Unhandled' }
}
