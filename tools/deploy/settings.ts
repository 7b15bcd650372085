import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSettings, type Settings, settingsVariables } from '../../terraform/settings.ts'
import type { Stack } from './cdktf.ts'
import { dropTerraformVariables, useProxy } from './shell.ts'

/**
 * The settings; what `.env` says is put into this process's environment, so that the SDK, Docker and Terraform go by it too.
 * @throws SettingsError that tells every problem at once.
 */
export function loadSettings(): Settings {
  const dropped = dropTerraformVariables()
  if (dropped.length > 0) console.error(`Ignored, since it would change what is deployed: ${dropped.join(', ')}`)
  const variables = settingsVariables()
  Object.assign(process.env, variables)
  // Picked from; what else is in them is for nobody that runs from here.
  delete process.env.SETTINGS
  delete process.env.SECRETS
  const settings = readSettings(variables)
  process.env.AWS_REGION = settings.AWS_REGION
  useProxy()
  return settings
}

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
