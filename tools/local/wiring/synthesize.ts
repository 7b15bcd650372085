import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { imageSetting, images } from '../../build/images.ts'
import { CommandError, ROOT, run } from '../../process/command.ts'
import type { FunctionSources } from './functions.ts'
import { TerraformJson } from './terraform.ts'

/** Left out, also where `.env` has them: here the functions have their plain names, and run from their sources. */
const deploymentOnly = Object.fromEntries(['ENVIRONMENT', ...images.map(imageSetting)].map((name) => [name, '']))

/** Terraform of every stack, and where the files are that it refers to. */
export interface Synthesized {
  readonly terraform: TerraformJson
  readonly sources: FunctionSources
}

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

/** Path of the service stack, in the folder that it was written to. */
export const serviceStack = (directory: string): string => join(directory, 'stacks', 'service', 'cdk.tf.json')

/** Synthesizes the Terraform into `directory` and reads all of its stacks. */
export async function synthesize(directory: string): Promise<Synthesized> {
  await writeTerraform(directory, deploymentOnly)
  const read = (...path: string[]) => JSON.parse(readFileSync(join(directory, ...path), 'utf8'))
  const stacks: Readonly<Record<string, { workingDirectory: string; synthesizedStackPath: string }>> =
    read('manifest.json').stacks
  const terraform = new TerraformJson()
  for (const [name, { synthesizedStackPath }] of Object.entries(stacks)) terraform.add(read(synthesizedStackPath), name)
  return {
    terraform,
    sources: { root: ROOT, folder: (stack) => join(directory, stacks[stack]?.workingDirectory ?? '') },
  }
}
