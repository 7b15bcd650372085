import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, run } from '../../local/command.ts'

/** What deploying keeps between two runs. All of it can be deleted while nothing deploys. */
export const DEPLOY_FOLDER = join(ROOT, '.deploy')

const SOURCE = join(ROOT, 'scripts', 'cdktf')
const CLI = join(DEPLOY_FOLDER, 'cdktf')

/**
 * The command line of the CDK for Terraform CLI. It is 450 packages that only deploying needs (docs/decisions/0005), so the
 * first call installs them.
 */
export async function cdktfCommand(progress: (text: string) => void): Promise<string[]> {
  const wanted = await readFile(join(SOURCE, 'package-lock.json'), 'utf8')
  const mark = join(CLI, '.installed')
  if ((await readFile(mark, 'utf8').catch(() => '')) !== wanted) {
    progress('installing the CDK for Terraform CLI (once, about half a minute)')
    await mkdir(CLI, { recursive: true })
    for (const file of ['package.json', 'package-lock.json']) await copyFile(join(SOURCE, file), join(CLI, file))
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: CLI })
    await writeFile(mark, wanted)
  }
  return [process.execPath, join(CLI, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf')]
}

// By itself it installs alone: CI does that before there are credentials.
if (import.meta.main) await cdktfCommand(console.log)
