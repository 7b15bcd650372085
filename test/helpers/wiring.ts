import type { FunctionSources } from '../../tools/local/wiring/functions.ts'
import type { Machine } from '../../tools/local/wiring/machine.ts'
import type { TerraformJson } from '../../tools/local/wiring/terraform.ts'
import { readWiring, type Wiring } from '../../tools/local/wiring/wiring.ts'
import { ROOT } from '../../tools/process/command.ts'

/** Reads a wiring as `make dev` does, on a machine with the given state only. */
export const read = (
  terraform: TerraformJson,
  machine: Partial<Machine> = {},
  sources: FunctionSources = { root: ROOT, stacks: '' },
): Wiring => readWiring(terraform, { port: 3000, variables: {}, shared: {}, ...machine }, sources)
