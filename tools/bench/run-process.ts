import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RuntimeApi } from '../local/lambda/runtime-api.ts'
import { lambdaVariables } from '../local/lambda/variables.ts'
import { type Implementation, MEMORY } from './implementations.ts'

/** An event, repeated sequentially. */
export type Step = readonly [event: Buffer, times: number]

export type Run = Awaited<ReturnType<typeof runProcess>>

/** Time limit of a step in milliseconds: some implementations take 40 times as long as others. */
const ENOUGH = 3000

/** Runs the steps in a fresh process. @throws Error with its output if it fails. */
export async function runProcess(implementation: Implementation, steps: readonly Step[]) {
  const { name, command, args, taskRoot, handler, environment } = implementation
  const api = new RuntimeApi()
  const wiring = { name, handler, memorySize: MEMORY, timeout: 10, environment }
  const env = lambdaVariables({ wiring, code: { type: 'bundle', taskRoot } }, await api.listen())
  // A file, not a pipe: reading output would take CPU time from the measurement.
  const output = join(tmpdir(), `bench-${process.pid}.log`)
  const file = openSync(output, 'w')
  const started = performance.now()
  const child = spawn(command, args, { cwd: taskRoot, env, stdio: ['ignore', file, file] })
  const ended = once(child, 'exit').then(([status]) => `ended with ${status}`, String)
  const failed = ended.then((reason) => Promise.reject(new Error(reason)))
  try {
    return await Promise.race([play(api, child.pid, steps, started), failed])
  } catch (error) {
    throw new Error(`${name} ${(error as Error).message}\n${readFileSync(output, 'utf8').slice(-4000)}`)
  } finally {
    child.kill('SIGKILL')
    await ended
    api.close()
    closeSync(file)
    rmSync(output)
  }
}

/**
 * @param started start time of the process.
 * @returns milliseconds until it was ready and until its first response; for each step, the durations of all invocations, the last
 * response, and the peak resident memory so far, in MB (NaN if unknown).
 */
async function play(api: RuntimeApi, pid: number | undefined, steps: readonly Step[], started: number) {
  const failure = await api.init
  const ready = performance.now() - started
  if (failure !== undefined) throw new Error(`failed at its start: ${failure}`)
  let first = 0
  const played: { durations: number[]; answer: string; peak: number }[] = []
  for (const [event, times] of steps) {
    const durations: number[] = []
    let answer = ''
    const end = performance.now() + ENOUGH
    do {
      // Lambda only sends requests to idle environments.
      await api.idle
      const begun = performance.now()
      const { payload, functionError } = await api.invoke({
        requestId: randomUUID(),
        event,
        deadline: Date.now() + 10_000,
        functionArn: 'arn:aws:lambda:ap-northeast-2:123456789012:function:bench',
        traceId: 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0',
      })
      durations.push(performance.now() - begun)
      first ||= performance.now() - started
      if (functionError) throw new Error(`failed: ${payload}`)
      answer = payload
    } while (durations.length < times && performance.now() < end)
    played.push({ durations, answer, peak: peakMemory(pid) })
  }
  return { ready, first, steps: played }
}

/** Peak resident memory in MB, known on Linux only. */
function peakMemory(pid: number | undefined): number {
  if (process.platform !== 'linux') return Number.NaN
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
