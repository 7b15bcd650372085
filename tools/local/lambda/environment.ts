import { randomBytes, randomUUID } from 'node:crypto'
import { completeTrace, newTrace } from '../gateway/trace.ts'
import { ACCOUNT_ID, REGION } from '../sigv4.ts'
import type { FunctionAnswer, InvocationResult } from './invocation.ts'
import { RuntimeApi } from './runtime-api.ts'
import { type Program, type Sandbox, startSandbox } from './sandbox.ts'
import { lambdaVariables } from './variables.ts'

export interface EnvironmentOptions extends Program {
  /** Each line that the function writes, as it is. */
  log(line: string, source: LineSource): void
}

/** Where a line was written. */
export interface LineSource {
  readonly environmentId: string
  /** Of the invocation under way, else of the last one; absent while initialising. */
  readonly requestId: string | undefined
}

/** An error as Lambda reports it to the caller. */
type ErrorFor = (requestId: string) => FunctionAnswer

/** One execution environment: a sandbox, its Runtime API, and at most one invocation at a time. */
export class Environment {
  readonly id: string
  /** Settles, with an error or without, when the runtime first asks for work, reports one, or its process ends. Never rejects. */
  readonly init: Promise<ErrorFor | undefined>
  /** Settles with what a caller is told, when the process has ended. Never rejects. */
  readonly exited: Promise<ErrorFor>
  /** The process has ended or been ended: no invocation can be given to it any more. */
  ended = false
  readonly #options: EnvironmentOptions
  readonly #api = new RuntimeApi()
  #sandbox: Sandbox | undefined
  /** Answers the running invocation. */
  #running: ((answer: FunctionAnswer) => void) | undefined
  /** Of the running invocation, or the last. */
  #requestId: string | undefined
  #silent = false
  /** Milliseconds; from the end of initialisation until the first invocation has reported it. */
  #initDuration: number | undefined

  constructor(options: EnvironmentOptions) {
    const started = performance.now()
    this.#options = options
    this.id = `${options.wiring.name}-${randomBytes(6).toString('hex')}`
    this.exited = this.#run()
      .catch((error: Error) => error.message)
      .then(exitError)
    const initialised = this.#api.init.then((payload): ErrorFor | undefined => {
      this.#initDuration = performance.now() - started
      return payload === undefined ? undefined : () => ({ payload, functionError: 'Unhandled' })
    })
    this.init = Promise.race([initialised, this.exited])
    void this.exited.then((error) => this.#running?.(error(this.#requestId ?? '')))
  }

  /**
   * Invokes the function, within its timeout; if initialisation is not over yet, it counts too.
   * Never rejects: a timeout, a crash and an error thrown by the handler are results with `functionError`.
   */
  async invoke(event: string): Promise<InvocationResult> {
    const { name, timeout } = this.#options.wiring
    const requestId = randomUUID()
    const started = performance.now()
    const { promise, resolve } = Promise.withResolvers<FunctionAnswer>()
    this.#requestId = requestId
    this.#running = resolve
    const invocation = {
      ...{ requestId, event, deadline: Date.now() + timeout * 1000, traceId: completeTrace(newTrace()) },
      functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`,
    }
    const timedOut = platformError('Sandbox.Timedout', requestId, `Task timed out after ${timeout.toFixed(2)} seconds`)
    const timer = setTimeout(() => {
      resolve(timedOut)
      void this.end()
    }, timeout * 1000)
    void this.#api.invoke(invocation).then(resolve)
    const answer = await promise
    clearTimeout(timer)
    this.#running = undefined
    const initDuration = this.#initDuration
    this.#initDuration = undefined
    return { requestId, ...answer, duration: performance.now() - started, initDuration, environmentId: this.id }
  }

  /** Ends the process, whatever it is doing; settles once it is gone. */
  async end(): Promise<void> {
    this.ended = true
    // A container outlives its Runtime API by a moment, in which AWS's client reports that as a crash.
    if (!this.#running) this.#silent = true
    this.#sandbox?.kill()
    this.#api.close()
    await this.exited
  }

  /** Runs the process to its end. @returns why it ended, where it says. */
  async #run(): Promise<string | undefined> {
    const runtimeApi = await this.#api.listen()
    if (!this.ended) {
      const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
      const logStream = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`
      const variables = lambdaVariables(this.#options, runtimeApi, logStream)
      this.#sandbox = startSandbox(this.#options, variables, this.id, (line) => {
        if (!this.#silent) this.#options.log(line, { environmentId: this.id, requestId: this.#requestId })
      })
    }
    const reason = await this.#sandbox?.exited
    this.ended = true
    this.#api.close()
    return reason
  }
}

const exitError =
  (reason: string | undefined): ErrorFor =>
  (requestId) =>
    platformError(
      'Runtime.ExitError',
      requestId,
      reason ? `Runtime exited with error: ${reason}` : 'Runtime exited without providing a reason',
    )

function platformError(errorType: string, requestId: string, message: string): FunctionAnswer {
  const payload = JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` })
  return { payload, functionError: 'Unhandled' }
}
