import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { cdktfCommand, DEPLOY_FOLDER } from '../../tools/deploy/cdktf-cli.ts'
import { plainRegistryAnswers } from './aws.ts'
import { copyOfCheckout } from './checkout.ts'
import { startCloud } from './cloud.ts'
import { noDryRun } from './terraform.ts'

export type Deployment = Awaited<ReturnType<typeof createDeployment>>
export type Run = Awaited<ReturnType<Deployment['run']>>

/** Reason to skip deployment tests on this machine, or false. */
export async function cannotDeploy(): Promise<string | false> {
  const noTerraform = await noDryRun()
  if (noTerraform) return noTerraform
  if (spawnSync('docker', ['info']).status !== 0) return 'skipped: no Docker engine'
  return !(await plainRegistryAnswers()) && 'skipped: no registry on 127.0.0.1:5000'
}

/** Copies the project, and starts a cloud to deploy it to. @param prepare changes the copy first. */
export async function createDeployment(prepare: (folder: string) => void = () => {}) {
  const { folder, remove } = copyOfCheckout()
  prepare(folder)
  // Installed once in the real folder; the copy links to it.
  await cdktfCommand(() => {})
  await mkdir(join(folder, '.deploy'))
  await symlink(join(DEPLOY_FOLDER, 'cdktf'), join(folder, '.deploy', 'cdktf'))
  const cloud = await startCloud(folder, `deploy-test-${process.pid}`)
  const log = join(folder, 'terraform.log')

  const start = (script: string, env: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [`tools/deploy/${script}.ts`], {
      cwd: folder,
      env: { ...process.env, ...cloud.env, AWS_DRY_RUN_LOG: log, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(String(chunk)))
    const ended = once(child, 'close').then(([status]) => ({ status, output: chunks.join('') }))
    return { child, ended }
  }
  return {
    folder,
    cloud,
    start,
    run: (script: string, env?: Readonly<Record<string, string>>) => start(script, env).ended,
    /** Terraform's creations, changes and deletions, such as `create aws_lambda_function.rds`. */
    async writes(): Promise<string[]> {
      const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean)
      const all = lines.map((line) => JSON.parse(line)).filter(({ action, injected }) => action !== 'read' && !injected)
      return all.map(({ action, type, name, id }) => `${action} ${type}.${name || id}`)
    },
    async stop() {
      await cloud.stop()
      remove()
    },
  }
}
