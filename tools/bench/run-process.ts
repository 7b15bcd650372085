import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RuntimeApi } from '../local/lambda/runtime-api.ts'
import { lambdaVariables } from '../local/lambda/variables.ts'
import { type Implementation, MEMORY } from './implementations.ts'

/** The same event a number of times, one after the other. */
export interface Step {
  readonly event: Buffer
  readonly times: number
}

export interface Run {
  /** Milliseconds from the start of the process until it asked for work. */
  readonly ready: number
  /** Milliseconds from the start of the process until its first answer. */
  readonly first: number
  /** Milliseconds of each invocation, by step. */
  readonly durations: readonly (readonly number[])[]
  /** MB, the most that was resident until the end of each step; empty where the system does not tell. */
  readonly peaks: readonly number[]
  /** The last answer of each step. */
  readonly answers: readonly string[]
}

/** Milliseconds after which an implementation without an answer has failed. */
const TIMEOUT = 60_000
/** Milliseconds after which a step ends, done or not: some take 40 times as long as others. */
const ENOUGH = 3000

/** Starts a fresh process, has it do the steps, ends it. @throws Error with its output where it fails. */
export async function runProcess(
  { name, command, args, taskRoot, handler, variables }: Implementation,
  steps: readonly Step[],
): Promise<Run> {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  const api = new RuntimeApi()
  const environment = lambdaVariables(
    {
      wiring: { name, handler, memorySize: MEMORY, timeout: 10, environment: variables },
      code: { type: 'bundle', taskRoot },
    },
    await api.listen(),
    'bench',
  )
  // A file, not a pipe: to read each line would take this process's time amid an answer.
  const output = join(tmpdir(), `bench-${process.pid}.log`)
  const descriptor = openSync(output, 'w')
  const started = performance.now()
  const child = spawn(command, args, { cwd: taskRoot, env: environment, stdio: ['ignore', descriptor, descriptor] })
  const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve))
  void exited.then((status) => failed.reject(new Error(`ended with ${status}`)))
  let ready = 0
  void api.init.then((error) => {
    ready = performance.now() - started
    if (error !== undefined) failed.reject(new Error(`failed at its start: ${error}`))
  })

  async function invoke(event: Buffer): Promise<string> {
    const timer = setTimeout(() => failed.reject(new Error('gave no answer')), TIMEOUT)
    const answer = api.invoke({
      requestId: randomUUID(),
      event,
      deadline: Date.now() + 10_000,
      functionArn: 'arn:aws:lambda:ap-northeast-2:123456789012:function:bench',
      traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0',
    })
    const { payload, functionError } = await Promise.race([answer, failed.promise]).finally(() => clearTimeout(timer))
    if (functionError) throw new Error(`failed: ${payload}`)
    return payload
  }

  const run = { first: 0, durations: [] as number[][], peaks: [] as number[], answers: [] as string[] }
  try {
    for (const { event, times } of steps) {
      const taken: number[] = []
      const end = performance.now() + ENOUGH
      let answer = ''
      while (taken.length < times && (taken.length === 0 || performance.now() < end)) {
        // Lambda hands requests to environments that wait for one.
        if (run.first !== 0) await Promise.race([api.idle, failed.promise])
        const begun = performance.now()
        answer = await invoke(event)
        taken.push(performance.now() - begun)
        run.first ||= performance.now() - started
      }
      run.durations.push(taken)
      run.answers.push(answer)
      run.peaks.push(...peakMemory(child.pid))
    }
    return { ready, ...run }
  } catch (error) {
    throw new Error(`${name} ${(error as Error).message}\n${readFileSync(output, 'utf8').slice(-4000)}`)
  } finally {
    child.kill('SIGKILL')
    await exited
    api.close()
    closeSync(descriptor)
    rmSync(output)
  }
}

/** Linux alone tells the most that ever was resident. */
function peakMemory(pid: number | undefined): number[] {
  if (process.platform !== 'linux') return []
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return [...status.matchAll(/^VmHWM:\s+(\d+) kB$/gm)].map(([, kilobytes]) => Number(kilobytes) / 1024)
}
