import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { TerraformJson } from '../local/wiring/terraform-json.ts'
import { settingsSchema } from '../terraform/settings-fields.ts'

const root = resolve(import.meta.dirname, '..')

/** A synthesized stack. */
export interface Stack {
  readonly terraform: TerraformJson
  readonly region: string
}

/** What the text of a stack's `cdk.tf.json` says. */
export function readStack(text: string): Stack {
  const json = JSON.parse(text)
  return { terraform: new TerraformJson(json), region: json.provider.aws[0].region }
}

/**
 * The service stack as Terraform gets it.
 * @param whose settings: the defaults, whatever environment and `.env` say, or those.
 * @throws Error with what the synthesis printed.
 */
export async function synthesized(whose: 'default' | 'own'): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'synthesized-'))
  // An empty variable counts as none, and hides that of `.env`.
  const none = Object.fromEntries(Object.keys(settingsSchema.entries).map((name) => [name, '']))
  const env = { ...process.env, ...(whose === 'default' && none), CDKTF_OUTDIR: folder }
  try {
    // A process of its own: cdktf takes 150 MB.
    await promisify(execFile)(process.execPath, ['terraform/main.ts'], { cwd: root, env }).catch((error) => {
      throw new Error(error.stderr.trim() || error.message)
    })
    return readStack(await readFile(join(folder, 'stacks', 'service', 'cdk.tf.json'), 'utf8'))
  } finally {
    await rm(folder, { recursive: true })
  }
}
