import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { ROOT } from '../../tools/process/command.ts'

const run = promisify(execFile)

/** Why Terraform cannot run on the stand-in for AWS here; nothing where it can. `.ci/run` exports what it takes. */
export async function noDryRun(): Promise<string | undefined> {
  if (!process.env.AWS_DRY_RUN_PROVIDER)
    return 'skipped: AWS_DRY_RUN_PROVIDER is not set, so there is no stand-in for AWS'
  return run('terraform', ['version']).then(
    () => undefined,
    () => 'skipped: no terraform on PATH',
  )
}

type Variables = Readonly<Record<string, string>>
type Stack = 'registry' | 'service'
export type Deployment = Awaited<ReturnType<typeof synthesize>>

/**
 * Stacks for a pretended account, in a folder of their own, which the real Terraform applies.
 * @param data answers for data sources, as the stand-in takes them.
 */
export async function synthesize(t: TestContext, settings: Variables, data: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'deployment-'))
  t.after(() => rm(folder, { recursive: true }))
  const given = Object.entries(process.env).filter(([name]) => !/^(DB_|VPC_|AWS_REGION$)/.test(name))
  const [AWS_DRY_RUN_LOG, AWS_DRY_RUN_DATA] = [join(folder, 'log.jsonl'), join(folder, 'data.json')]
  await writeFile(AWS_DRY_RUN_DATA, JSON.stringify(data))
  const own = { AWS_REGION: 'ap-northeast-2', AWS_DRY_RUN_LOG, AWS_DRY_RUN_DATA, TF_IN_AUTOMATION: '1' }
  const env: Record<string, string | undefined> = { ...Object.fromEntries(given), ...own }
  const inFolder = (file: string, args: readonly string[], cwd: string, more: Variables = {}) =>
    run(file, args, { cwd, env: Object.assign(env, more), maxBuffer: 2 ** 26 })
  /** Synthesizes again, with other settings beside the first ones. */
  const resynthesize = (more: Variables) => inFolder(process.execPath, [join(ROOT, 'terraform/main.ts')], folder, more)
  await resynthesize(settings)
  return {
    resynthesize,
    /** Runs Terraform in a stack's folder; resolves to what it printed, with its errors where it fails. */
    terraform: (stack: Stack, ...args: string[]): Promise<{ ok: boolean; output: string }> =>
      inFolder('terraform', [...args, '-no-color'], join(folder, 'cdktf.out/stacks', stack)).then(
        ({ stdout }) => ({ ok: true, output: stdout }),
        ({ stdout = '', stderr = '' }) => ({ ok: false, output: `${stdout}\n${stderr}` }),
      ),
    /** What the stand-in has created: types, names and values. */
    async created() {
      const lines = (await readFile(AWS_DRY_RUN_LOG, 'utf8')).trim().split('\n')
      return lines.map((line) => JSON.parse(line)).filter(({ action }) => action === 'create')
    },
    state: (stack: string) => readFile(join(folder, `terraform.${stack}.tfstate`), 'utf8'),
  }
}
