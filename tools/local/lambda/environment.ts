import { randomBytes, randomUUID } from 'node:crypto'
import { completeTrace, newTrace } from '../gateway/trace.ts'
import { ACCOUNT_ID, REGION } from '../sigv4.ts'
import { type FunctionAnswer, RuntimeApi } from './runtime-api.ts'
import { type Program, type Sandbox, startSandbox } from './sandbox.ts'
import { lambdaVariables } from './variables.ts'

export interface EnvironmentOptions extends Program {
  /** Each line that the function writes, as it is. */
  log(line: string, source: LineSource): void
}

export interface LineSource {
  readonly environmentId: string
  /** Of the invocation under way, else of the last one; absent while initialising. */
  readonly requestId: string | undefined
}

export interface InvocationResult extends FunctionAnswer {
  readonly requestId: string
  /** Milliseconds. */
  readonly duration: number
  /** Milliseconds; only where this invocation started the execution environment (a cold start). */
  readonly initDuration?: number | undefined
  readonly environmentId?: string
}

export type Environment = ReturnType<typeof startEnvironment>

/** Starts an execution environment: a sandbox, its Runtime API, and at most one invocation at a time. */
export function startEnvironment(options: EnvironmentOptions) {
  const { name, timeout } = options.wiring
  const id = `${name}-${randomBytes(6).toString('hex')}`
  const started = performance.now()
  const api = new RuntimeApi()
  let sandbox: Sandbox | undefined
  let ended = false
  let silent = false
  /** Of the running invocation, or the last. */
  let requestId: string | undefined
  /** Answers the running invocation. */
  let answered: ((answer: FunctionAnswer) => void) | undefined
  /** Milliseconds; from the end of initialisation until the first invocation has reported it. */
  let initDuration: number | undefined

  /** Runs the process to its end, and tells how its callers hear of that. */
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
    /** Settles with what a caller is told, by the id of its request, when the process has ended. Never rejects. */
    exited,
    /** Settles, with such an error or without, when the runtime first asks for work, reports one, or its process ends. */
    init: Promise.race([initialised, exited]),
    /** No invocation can be given to it any more: the process has ended or been ended. */
    hasEnded: () => ended,

    /**
     * Invokes the function, within its timeout; if initialisation is not over yet, it counts too.
     * Never rejects: a timeout, a crash and an error thrown by the handler are results with `functionError`.
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

    /** Ends the process, whatever it is doing; settles once it is gone. */
    async end(): Promise<void> {
      ended = true
      // A container outlives its Runtime API by a moment, in which AWS's client reports that as a crash.
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
