import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settingNames } from '../../terraform/settings.ts'
import { serviceStack, writeTerraform } from '../local/wiring/synthesize.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'

/** Empty variables that set every setting to its default: they override `.env`. */
export const defaults = Object.fromEntries(settingNames.map((name) => [name, '']))

/** Parses a stack's `cdk.tf.json`. */
export function readStack(text: string) {
  const json = JSON.parse(text)
  return { terraform: new TerraformJson(json), region: String(json.provider.aws[0].region) }
}

export type Stack = ReturnType<typeof readStack>

/** Synthesizes the service stack with default settings, ignoring the environment and `.env`. */
export async function synthesized(): Promise<Stack> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'synthesized-'))
  await writeTerraform(folder.path, defaults)
  return readStack(await readFile(serviceStack(folder.path), 'utf8'))
}
