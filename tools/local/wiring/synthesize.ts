import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { imageSettings, images } from '../../../terraform/settings.ts'
import { CommandError, ROOT, run } from '../../process/command.ts'
import { TerraformJson } from './terraform.ts'

/** Left out, also where `.env` has them: here the functions have their plain names, and run from their sources. */
const digests = images.map((image) => imageSettings(image).digest)
const deploymentOnly = Object.fromEntries(['ENVIRONMENT', ...digests].map((name) => [name, '']))

export type Synthesized = Awaited<ReturnType<typeof synthesize>>

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

/** Files of the stacks; a folder may have older ones too. */
function stackFiles(directory: string): string[] {
  const { stacks } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  return Object.values<{ synthesizedStackPath: string }>(stacks).map((stack) =>
    join(directory, stack.synthesizedStackPath),
  )
}

/** Path of the first stack with a REST API, in the folder that all of them were written to. */
export function serviceStack(directory: string): string {
  const found = stackFiles(directory).find((file) => readFileSync(file, 'utf8').includes('"aws_api_gateway_rest_api"'))
  if (found === undefined) throw new Error('No stack of terraform/ has an aws_api_gateway_rest_api')
  return found
}

/** Synthesizes the Terraform into `directory` and reads all of its stacks, with where the files are that they refer to. */
export async function synthesize(directory: string) {
  await writeTerraform(directory, deploymentOnly)
  const terraform = new TerraformJson()
  for (const file of stackFiles(directory))
    terraform.add(JSON.parse(readFileSync(file, 'utf8')), basename(dirname(file)))
  return { terraform, sources: { root: ROOT, stacks: join(directory, 'stacks') } }
}
