import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { memoryOf } from './bill.ts'

/** A client of Lambda's Runtime API that loads a handler and calls it. */
export interface Runtime {
  readonly description: string
  readonly command: string
  /** The handler's name follows. */
  readonly args: readonly string[]
}

/** MB of memory that a function has. */
export const MEMORY = memoryOf.users

/** Flags with which Lambda's base image starts Node.js where a function has that memory (its `/var/runtime/bootstrap`). */
const FLAGS = [
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.floor(MEMORY / 20)}`,
  `--max-old-space-size=${MEMORY - Math.floor(MEMORY / 10)}`,
]

/** One that is always there. */
export const ownRuntime: Runtime = {
  description: "the benchmark's own runtime client (bench/runtime-client.cjs)",
  command: process.execPath,
  args: [...FLAGS, join(import.meta.dirname, 'runtime-client.cjs')],
}

/** AWS's, `aws-lambda-ric`: compiled by `make bench` where there is a compiler; else the own one. */
export function awsRuntime(): Runtime {
  const entry = join(import.meta.dirname, 'peers/node_modules/aws-lambda-ric/index.mjs')
  if (!existsSync(join(dirname(entry), 'rapid-client.node'))) return ownRuntime
  return {
    description: "AWS's runtime client for Node.js (aws-lambda-ric)",
    command: process.execPath,
    args: [...FLAGS, entry],
  }
}
