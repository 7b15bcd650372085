import type { Connection } from 'mysql2/promise'
import { type Contender, Execution } from './execution.ts'
import type { Stage } from './stage.ts'
import { events } from './workload.ts'

/** As many callers at once as execution environments. */
export const ENVIRONMENTS = 64
/** Seconds that each of them is measured for. */
const SECONDS = 4

export interface Throughput {
  /** Creations a second by 64 connections of one program that does nothing else: what the database gives on this machine. */
  readonly connections: number
  /** By 64 execution environments of ours. */
  readonly ours: number
  /** By 64 of the bare use case: processes and the Runtime API take the same of the machine. */
  readonly bare: number
  /** By 4 of ours. */
  readonly few: number
}

/** How many users a second are created by 64 execution environments at once, beside 64 connections with nothing around them. */
export async function measureThroughput(
  { ours, bare }: { readonly ours: Contender; readonly bare: Contender },
  stage: Stage,
  step: () => void,
): Promise<Throughput> {
  const result = {
    connections: await byConnections(stage),
    few: await byEnvironments(ours, 4, step),
    bare: await byEnvironments(bare, ENVIRONMENTS, step),
    ours: await byEnvironments(ours, ENVIRONMENTS, step),
  }
  await stage.fill()
  return result
}

export const throughputSteps = 1 + (2 * ENVIRONMENTS) / 8

async function byConnections(stage: Stage): Promise<number> {
  const open = await Promise.all(Array.from({ length: ENVIRONMENTS }, () => stage.database.connect()))
  const insert = (connection: Connection) =>
    connection.execute('INSERT INTO Users (name, age) VALUES (?, ?)', ['Ada', 36])
  const rate = await rateOf(open.map((connection) => () => insert(connection)))
  await Promise.all(open.map((connection) => connection.end()))
  return rate
}

async function byEnvironments(ours: Contender, count: number, step: () => void): Promise<number> {
  const executions = Array.from({ length: count }, () => new Execution(ours))
  try {
    // Few at a time, each with its connection: starting takes all of the machine.
    for (let index = 0; index < count; index += 8) {
      const few = executions.slice(index, index + 8)
      await Promise.all(few.map((execution) => execution.start().then(() => execution.invoke(events.create))))
      step()
    }
    return await rateOf(executions.map((execution) => () => execution.invoke(events.create)))
  } finally {
    await Promise.all(executions.map((execution) => execution.end()))
  }
}

/** Calls a second, each caller with its next as soon as its last is done. */
async function rateOf(callers: readonly (() => Promise<unknown>)[]): Promise<number> {
  const during = async (seconds: number) => {
    const end = performance.now() + seconds * 1000
    let count = 0
    await Promise.all(
      callers.map(async (call) => {
        for (; performance.now() < end; count += 1) await call()
      }),
    )
    return count / seconds
  }
  await during(SECONDS / 4)
  return during(SECONDS)
}
