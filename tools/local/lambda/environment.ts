import { randomBytes, randomUUID } from 'node:crypto'
import { completeTrace, newTrace } from '../gateway/trace.ts'
import { ACCOUNT_ID, REGION } from '../sigv4.ts'
import type { InvocationResult } from './invocation.ts'
import { RuntimeApi } from './runtime-api.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'
import { lambdaVariables, type Program } from './variables.ts'

export interface EnvironmentOptions extends Program {
  /** On which a debugger attaches to it. @default none */
  readonly inspectorPort?: number | undefined
  /** Each line that the function writes, as it is. */
  log(line: string, source: LineSource): void
}

/** Where a line was written. */
export interface LineSource {
  readonly environmentId: string
  /** Of the invocation under way, else of the last one; absent while initialising. */
  readonly requestId: string | undefined
}

/** An error as Lambda reports it to the caller: JSON text `{errorType, errorMessage, trace?}`. */
export type ErrorPayload = (requestId: string) => string

interface Running {
  readonly requestId: string
  settle(payload: string, functionError: boolean): void
}

/** One execution environment: a sandbox, its Runtime API, and at most one invocation at a time. */
export class Environment {
  readonly id: string
  readonly #options: EnvironmentOptions
  readonly #api: RuntimeApi
  readonly #started = performance.now()
  readonly #init = Promise.withResolvers<ErrorPayload | undefined>()
  #sandbox: Sandbox | undefined
  #running: Running | undefined
  /** Of the running invocation, or the last. */
  #requestId: string | undefined
  #timer: NodeJS.Timeout | undefined
  #ended = false
  #silent = false
  #exitReason: string | undefined
  /** Milliseconds; from the end of initialisation until the first invocation has reported it. */
  #initDuration: number | undefined

  constructor(options: EnvironmentOptions) {
    this.#options = options
    this.id = `${options.wiring.name}-${randomBytes(6).toString('hex')}`
    this.#api = new RuntimeApi({
      initialised: () => {
        this.#initDuration = performance.now() - this.#started
        this.#init.resolve(undefined)
      },
      initFailed: (payload) => {
        this.#init.resolve(() => payload)
        this.#running?.settle(payload, true)
      },
      answered: (payload, functionError) => this.#running?.settle(payload, functionError),
    })
    this.#start().catch((error: Error) => this.#exited(error.message))
  }

  /** Settles, with an error or without, when the runtime first asks for work, reports one, or its process ends. Never rejects. */
  get init(): Promise<ErrorPayload | undefined> {
    return this.#init.promise
  }

  /** The process has ended or been ended: no invocation can be given to it any more. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * Invokes the function, within its timeout; if initialisation is not over yet, it counts too.
   * Never rejects: a timeout, a crash and an error thrown by the handler are results with `functionError`.
   */
  async invoke(event: string): Promise<InvocationResult> {
    const { wiring } = this.#options
    const requestId = randomUUID()
    const started = performance.now()
    const { payload, functionError } = await new Promise<{ payload: string; functionError: boolean }>((resolve) => {
      const settle: Running['settle'] = (payload, functionError) => resolve({ payload, functionError })
      this.#running = { requestId, settle }
      this.#requestId = requestId
      const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${wiring.name}`
      const deadline = Date.now() + wiring.timeout * 1000
      this.#timer = setTimeout(() => this.#timedOut(), wiring.timeout * 1000)
      if (this.#ended) settle(this.#exitError(requestId), true)
      else this.#api.deliver({ requestId, event, deadline, functionArn, traceId: completeTrace(newTrace()) })
    })
    clearTimeout(this.#timer)
    this.#running = undefined
    const duration = performance.now() - started
    const initDuration = this.#initDuration
    this.#initDuration = undefined
    return {
      requestId,
      payload,
      ...(functionError && { functionError: 'Unhandled' }),
      duration,
      ...(initDuration !== undefined && { initDuration }),
      environmentId: this.id,
    }
  }

  /** Ends the process, whatever it is doing; settles once it is gone. */
  async end(): Promise<void> {
    this.#ended = true
    // A container outlives its Runtime API by a moment, in which AWS's client reports that as a crash.
    if (!this.#running) this.#silent = true
    this.#sandbox?.kill()
    this.#api.close()
    await this.#sandbox?.exited
  }

  async #start(): Promise<void> {
    const { wiring, code, inspectorPort, log } = this.#options
    const runtimeApi = await this.#api.listen()
    if (this.#ended) return this.#api.close()
    const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomBytes(16).toString('hex')}`
    this.#sandbox = startSandbox({
      code,
      handler: wiring.handler,
      memorySize: wiring.memorySize,
      environment: lambdaVariables(this.#options, runtimeApi, logStream),
      id: this.id,
      inspectorPort,
      log: (line) => {
        if (!this.#silent) log(line, { environmentId: this.id, requestId: this.#requestId })
      },
    })
    const { status, signal } = await this.#sandbox.exited
    if (signal) this.#exited(`signal: ${SIGNAL_NAMES[signal] ?? signal}`)
    else this.#exited(status ? `exit status ${status}` : undefined)
  }

  #timedOut(): void {
    const { requestId, settle } = this.#running ?? {}
    if (!requestId || !settle) return
    const seconds = this.#options.wiring.timeout.toFixed(2)
    settle(platformError('Sandbox.Timedout', requestId, `Task timed out after ${seconds} seconds`), true)
    void this.end()
  }

  #exited(reason: string | undefined): void {
    this.#ended = true
    this.#exitReason = reason
    this.#api.close()
    this.#init.resolve(this.#exitError)
    if (this.#running) this.#running.settle(this.#exitError(this.#running.requestId), true)
  }

  readonly #exitError: ErrorPayload = (requestId) =>
    platformError(
      'Runtime.ExitError',
      requestId,
      this.#exitReason ? `Runtime exited with error: ${this.#exitReason}` : 'Runtime exited without providing a reason',
    )
}

/** As Lambda words them. */
const SIGNAL_NAMES: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
}

function platformError(errorType: string, requestId: string, message: string): string {
  return JSON.stringify({ errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` })
}
