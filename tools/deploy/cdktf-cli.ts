import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, run } from '../process/command.ts'
import { makeFolder } from '../process/whole-folder.ts'

/** Cache of deployments; may be deleted while none is running. */
export const DEPLOY_FOLDER = join(ROOT, '.deploy')

const SOURCE = join(ROOT, 'tools/deploy/cdktf-cli')

/**
 * Command line of the CDK for Terraform CLI. Its 450 packages are needed for deploying only (docs/decisions/0005), so the first call
 * installs them. Each lock file gets its own folder, shared by concurrent commands.
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

// Run directly, it only installs: CI does that before it has credentials.
if (import.meta.main) await cdktfCommand(console.log)
