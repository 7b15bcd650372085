import { join } from 'node:path'
import { imageSetting, images } from '../../build/images.ts'
import { CommandError, run } from '../../process/command.ts'
import type { Wiring } from './wiring.ts'
import { readWiring } from './wiring.ts'

/** Left out, also where `.env` has them: here the functions have their plain names, and run from their sources. */
const deploymentOnly = Object.fromEntries(['ENVIRONMENT', ...images.map(imageSetting)].map((name) => [name, '']))

/**
 * Writes the Terraform of every stack into `directory`. In a process of its own: cdktf takes 150 MB, and modules that have
 * changed are only loaded anew there.
 * @param env variables beside this process's; an empty one counts as none, and hides that of `.env`.
 * @throws Error with what the synthesis printed: settings and their fixes.
 */
export async function writeTerraform(directory: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await run(process.execPath, ['terraform/main.ts'], { env: { ...env, CDKTF_OUTDIR: directory } }).catch((error) => {
    throw error instanceof CommandError && error.output ? new Error(error.output) : error
  })
}

/** Synthesizes the Terraform into `directory` and reads the wiring from it. */
export async function synthesize(directory: string): Promise<Wiring> {
  await writeTerraform(directory, deploymentOnly)
  return readWiring(join(directory, 'stacks', 'service', 'cdk.tf.json'))
}
