import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, run } from '../process/command.ts'
import { makeFolder } from '../process/whole-folder.ts'

/** Cache of deployments. It can be deleted while nothing deploys. */
export const DEPLOY_FOLDER = join(ROOT, '.deploy')

const SOURCE = join(ROOT, 'tools/deploy/cdktf-cli')

/**
 * The command line of the CDK for Terraform CLI. It is 450 packages that only deploying needs (docs/decisions/0005), so the
 * first call installs them: each set of versions in a folder of its own, which commands that run at once share.
 */
export async function cdktfCommand(progress: (text: string) => void): Promise<string[]> {
  const wanted = createHash('sha256').update(await readFile(join(SOURCE, 'package-lock.json')))
  const folder = join(DEPLOY_FOLDER, 'cdktf', wanted.digest('hex').slice(0, 16))
  if (!existsSync(folder)) {
    progress('installing the CDK for Terraform CLI (once, about half a minute)')
    await makeFolder(folder, async (temporary) => {
      const root = join(temporary, 'root')
      await mkdir(root)
      for (const file of ['package.json', 'package-lock.json']) await copyFile(join(SOURCE, file), join(root, file))
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root })
    })
  }
  return [process.execPath, join(folder, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf')]
}

// By itself it installs alone: CI does that before there are credentials.
if (import.meta.main) await cdktfCommand(console.log)
