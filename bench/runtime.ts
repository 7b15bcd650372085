import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** A client of Lambda's Runtime API that loads a handler and calls it. */
export interface Runtime {
  readonly description: string
  readonly command: string
  /** The handler's name follows, which one of them reads there and the other in _HANDLER. */
  readonly args: readonly string[]
}

/** Flags with which Lambda's base image starts Node.js. */
const FLAGS = ['--expose-gc']

/** That of `make dev`, which is always there. */
export const localRuntime: Runtime = {
  description: "the project's own runtime client (local/lambda/runtime.mjs)",
  command: process.execPath,
  args: [...FLAGS, join(root, 'local/lambda/runtime.mjs')],
}

/** AWS's own, `aws-lambda-ric`: compiled by `make bench` where there is a compiler, or found by AWS_LAMBDA_RIC; else the local one. */
export function awsRuntime(): Runtime {
  const entry = process.env.AWS_LAMBDA_RIC ?? join(root, 'bench/peers/node_modules/aws-lambda-ric/index.mjs')
  if (!existsSync(join(dirname(entry), 'rapid-client.node'))) return localRuntime
  return {
    description: "AWS's runtime client for Node.js (aws-lambda-ric)",
    command: process.execPath,
    args: [...FLAGS, entry],
  }
}
