import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { imageSettings, images } from '../../../terraform/settings.ts'
import { CommandError, ROOT, run } from '../../process/command.ts'
import { TerraformJson } from './terraform.ts'

/** Hidden, even if `.env` sets them: local functions have plain names, and run from their sources. */
const digests = images.map((image) => imageSettings(image).digest)
const deploymentOnly = Object.fromEntries(['ENVIRONMENT', ...digests].map((name) => [name, '']))

export type Synthesized = Awaited<ReturnType<typeof synthesize>>

/**
 * Writes the Terraform of every stack into `directory`. Runs in a child process: cdktf takes 150 MB, and only a new process reloads
 * changed modules.
 * @param env variables on top of this process's; an empty one hides that of `.env`.
 * @throws Error with the output of the synthesis: settings and their fixes.
 */
export async function writeTerraform(directory: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await run(process.execPath, ['terraform/main.ts'], { env: { ...env, CDKTF_OUTDIR: directory } }).catch((error) => {
    throw error instanceof CommandError && error.output ? new Error(error.output) : error
  })
}

/** Files of the current stacks; the folder may contain older ones too. */
function stackFiles(directory: string): string[] {
  const { stacks } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  return Object.values<{ synthesizedStackPath: string }>(stacks).map((stack) =>
    join(directory, stack.synthesizedStackPath),
  )
}

/** Path of the first stack with a REST API, in the output folder of a synthesis. */
export function serviceStack(directory: string): string {
  const found = stackFiles(directory).find((file) => readFileSync(file, 'utf8').includes('"aws_api_gateway_rest_api"'))
  if (found === undefined) throw new Error('No stack of terraform/ has an aws_api_gateway_rest_api')
  return found
}

/** Synthesizes the Terraform into `directory`. @returns its stacks, and the folders of the files that they refer to. */
export async function synthesize(directory: string) {
  await writeTerraform(directory, deploymentOnly)
  const terraform = new TerraformJson()
  for (const file of stackFiles(directory))
    terraform.add(JSON.parse(readFileSync(file, 'utf8')), basename(dirname(file)))
  return { terraform, sources: { root: ROOT, stacks: join(directory, 'stacks') } }
}
