import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stack } from './cdktf.ts'

/**
 * Gives Terraform the variables that a synthesized stack asks for, such as `db_pass`, from the environment's `DB_PASS`; by
 * way of TF_VAR_db_pass, for a command line can be read by every user of the machine.
 * @throws Error that names each that is missing.
 */
export async function giveVariables(outdir: string, stack: Stack, env = process.env): Promise<void> {
  const { variable = {} } = JSON.parse(await readFile(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8'))
  const missing: string[] = []
  for (const [name, { default: standard, description }] of Object.entries<Variable>(variable)) {
    const value = env[name.toUpperCase()]
    if (value) env[`TF_VAR_${name}`] = value
    else if (standard === undefined) missing.push(`  ${description}`)
  }
  if (missing.length > 0) throw new Error(`Missing (environment or .env):\n${missing.join('\n')}`)
}

interface Variable {
  readonly default?: unknown
  readonly description: string
}
