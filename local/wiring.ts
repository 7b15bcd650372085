import { readFileSync } from 'node:fs'
import type { Wiring } from './types.ts'
import { readApis } from './wiring/apis.ts'
import { readFunctions } from './wiring/functions.ts'
import { TerraformJson, WiringError } from './wiring/terraform-json.ts'

/**
 * Reads functions, routes, stages and binary media types from the Terraform JSON that `npm run synth` writes.
 *
 * @throws WiringError naming the resource, where something is missing or cannot be served on one machine.
 */
export function readWiring(file: string): Wiring {
  const terraform = new TerraformJson(parse(file))
  const functions = readFunctions(terraform)
  return { functions, apis: readApis(terraform) }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new WiringError(`${file} is not what "npm run synth" writes: ${(error as Error).message}`)
  }
}
