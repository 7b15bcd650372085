import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { RuntimeApi } from '../local/lambda/runtime-api.ts'
import { lambdaVariables } from '../local/lambda/variables.ts'
import { OutputFile } from './output-file.ts'
import { MEMORY } from './runtime.ts'

/** Something that speaks Lambda's Runtime API, and is measured. */
export interface Contender {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Folder of the function's code. */
  readonly taskRoot: string
  /** @default 'index.handler' */
  readonly handler?: string
  readonly variables: Readonly<Record<string, string>>
}

/** The same event a number of times, one after the other. */
export interface Step {
  readonly event: Buffer
  readonly times: number
}

export interface Run {
  /** Milliseconds from the start of the process until it first asked for work. */
  readonly ready: number
  /** Milliseconds from the start of the process until its first answer was there. */
  readonly first: number
  /** MB, the most that was resident until the end of each step; none where the system does not tell. */
  readonly peaks: readonly number[]
  /** Milliseconds of each invocation, by step, while the process waited for one; the first of all among them, which waited for the process. */
  readonly durations: readonly (readonly number[])[]
  /** The last answer of each step, as the function sent it. */
  readonly answers: readonly string[]
}

/** Milliseconds after which a contender that says nothing is given up. */
const PATIENCE = 60_000

/** Starts a fresh process, has it do the steps, ends it. @throws Error with its output where it fails. */
export async function execute(contender: Contender, steps: readonly Step[]): Promise<Run> {
  const environment = new Execution(contender)
  try {
    return await environment.run(steps)
  } finally {
    await environment.end()
  }
}

/** One process and its Runtime API. */
export class Execution {
  readonly #contender: Contender
  readonly #ready = Promise.withResolvers<number>()
  readonly #failed = Promise.withResolvers<never>()
  readonly #api: RuntimeApi
  #child: ChildProcess | undefined
  #exited: Promise<unknown> | undefined
  #output: OutputFile | undefined
  #started = 0
  #answered: (payload: string, functionError: boolean) => void = () => {}
  #waiting = Promise.withResolvers<void>()

  constructor(contender: Contender) {
    this.#contender = contender
    this.#failed.promise.catch(() => {})
    this.#api = new RuntimeApi({
      initialised: () => this.#ready.resolve(performance.now() - this.#started),
      waiting: () => this.#waiting.resolve(),
      answered: (payload, functionError) => this.#answered(payload, functionError),
      initFailed: (payload) => this.#fail(`failed at its start: ${payload}`),
    })
  }

  /** Resolves to the milliseconds that it took until it asked for work. */
  async start(): Promise<number> {
    await this.spawn()
    return Promise.race([this.#ready.promise, this.#failed.promise])
  }

  async run(steps: readonly Step[]): Promise<Run> {
    await this.spawn()
    const durations: number[][] = []
    const answers: string[] = []
    const peaks: number[] = []
    let first = 0
    for (const { event, times } of steps) {
      const taken: number[] = []
      durations.push(taken)
      for (let count = 0; count < times; count += 1) {
        // Lambda hands requests to environments that wait for one: what they do after an answer is not the next one's.
        if (first !== 0) await this.waiting()
        const begun = performance.now()
        const answer = await this.invoke(event)
        const now = performance.now()
        taken.push(now - begun)
        if (first === 0) first = now - this.#started
        if (count === times - 1) answers.push(answer)
      }
      peaks.push(...this.#peakMemory())
    }
    return { ready: await this.#ready.promise, first, peaks, durations, answers }
  }

  /** Starts the process; what is invoked before it is ready waits for it. */
  async spawn(): Promise<void> {
    const { name, command, args, taskRoot, handler = 'index.handler', variables } = this.#contender
    const runtimeApi = await this.#api.listen()
    const environment = lambdaVariables({
      wiring: { name, image: name, handler, memorySize: MEMORY, timeout: 10, environment: {} },
      code: { type: 'bundle', taskRoot },
      environment: variables,
      region: 'ap-northeast-2',
      runtimeApi,
      logStream: 'bench',
    })
    this.#started = performance.now()
    this.#output = new OutputFile()
    const { descriptor } = this.#output
    const child = spawn(command, args, { cwd: taskRoot, env: environment, stdio: ['ignore', descriptor, descriptor] })
    this.#child = child
    this.#exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve))
    child.once('error', ({ message }) => this.#fail(message))
    child.once('exit', (status, signal) => this.#fail(`ended with ${signal ?? status}`))
  }

  /** Settles once the process has asked for its next invocation. */
  waiting(): Promise<unknown> {
    return Promise.race([this.#waiting.promise, this.#failed.promise])
  }

  /** Resolves to the answer as the function sent it. */
  async invoke(event: Buffer): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const { name } = this.#contender
    const timer = setTimeout(() => reject(new Error(`${name} gave no answer\n${this.#output?.end}`)), PATIENCE)
    this.#answered = (payload, functionError) => {
      if (functionError) reject(new Error(`${name} failed: ${payload}\n${this.#output?.end}`))
      else resolve(payload)
    }
    this.#waiting = Promise.withResolvers()
    this.#api.deliver({
      requestId: randomUUID(),
      event,
      deadline: Date.now() + 10_000,
      functionArn: `arn:aws:lambda:ap-northeast-2:123456789012:function:bench`,
      traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0',
    })
    try {
      return await Promise.race([promise, this.#failed.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Linux alone tells the most that ever was resident. */
  #peakMemory(): number[] {
    if (process.platform !== 'linux') return []
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8')
    return [...status.matchAll(/^VmHWM:\s+(\d+) kB$/gm)].map(([, kilobytes]) => Number(kilobytes) / 1024)
  }

  async end(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#exited
    this.#api.close()
    this.#output?.close()
  }

  #fail(reason: string): void {
    const { name } = this.#contender
    // Its last words may still be on their way.
    const fail = () => this.#failed.reject(new Error(`${name} ${reason}\n${this.#output?.end}`))
    void (this.#exited ?? Promise.resolve()).then(fail)
  }
}
