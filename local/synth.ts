import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { imageSetting, images } from '../scripts/build/images.ts'
import type { Wiring } from './types.ts'
import { readWiring } from './wiring.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** Left out, also where `.env` has them: here the functions have their plain names, and run from their sources. */
const deploymentOnly = Object.fromEntries(['ENVIRONMENT', ...images.map(imageSetting)].map((name) => [name, '']))

/**
 * Synthesizes the Terraform into `directory` and reads the wiring from it. In a process of its own: cdktf takes 150 MB, and
 * modules that have changed are only loaded anew there.
 * @throws Error with what the synthesis printed.
 */
export async function synthesize(directory: string): Promise<Wiring> {
  const env = { ...process.env, ...deploymentOnly, CDKTF_OUTDIR: directory }
  const child = spawn(process.execPath, ['terraform/main.ts'], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  await new Promise<void>((done, fail) => {
    child.once('error', fail)
    child.once('close', (status) =>
      status === 0 ? done() : fail(new Error(output.trim() || `npm run synth ended with ${status}`)),
    )
  })
  return readWiring(join(directory, 'stacks', 'service', 'cdk.tf.json'))
}
