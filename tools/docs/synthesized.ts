import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settingNames } from '../../terraform/settings.ts'
import { serviceStack, writeTerraform } from '../local/wiring/synthesize.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'

/** Variables that leave every setting at its default: an empty one counts as none, and hides that of `.env`. */
export const defaults = Object.fromEntries(settingNames.map((name) => [name, '']))

/** Parses a stack's `cdk.tf.json`. */
export function readStack(text: string) {
  const json = JSON.parse(text)
  return { terraform: new TerraformJson(json), region: String(json.provider.aws[0].region) }
}

export type Stack = ReturnType<typeof readStack>

/** The service stack as Terraform gets it under the default settings, whatever environment and `.env` say. */
export async function synthesized(): Promise<Stack> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'synthesized-'))
  await writeTerraform(folder.path, defaults)
  return readStack(await readFile(serviceStack(folder.path), 'utf8'))
}
