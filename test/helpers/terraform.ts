import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { ROOT } from '../../tools/process/command.ts'

const run = promisify(execFile)

/** Reason that Terraform cannot run on the AWS stand-in, if any. `.ci/run` exports its variables. */
export async function noDryRun(): Promise<string | undefined> {
  if (!process.env.AWS_DRY_RUN_PROVIDER)
    return 'skipped: AWS_DRY_RUN_PROVIDER is not set, so there is no stand-in for AWS'
  return run('terraform', ['version']).then(
    () => undefined,
    () => 'skipped: no terraform on PATH',
  )
}

/**
 * Synthesizes and initializes the service in its own folder, for the real Terraform with a simulated account.
 * @param data answers for data sources, in the format of the stand-in.
 */
export async function synthesize(t: TestContext, settings: Readonly<Record<string, string>>, data: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'deployment-'))
  t.after(() => rm(folder, { recursive: true }))
  const given = Object.entries(process.env).filter(([name]) => !/^(DB_|VPC_|AWS_REGION$)/.test(name))
  const [AWS_DRY_RUN_LOG, AWS_DRY_RUN_DATA] = [join(folder, 'log.jsonl'), join(folder, 'data.json')]
  await writeFile(AWS_DRY_RUN_DATA, JSON.stringify(data))
  const own = { AWS_REGION: 'ap-northeast-2', AWS_DRY_RUN_LOG, AWS_DRY_RUN_DATA, TF_IN_AUTOMATION: '1' }
  const env = { ...Object.fromEntries(given), ...own, ...settings }
  await run(process.execPath, [join(ROOT, 'terraform/main.ts')], { cwd: folder, env })
  const cwd = join(folder, 'cdktf.out/stacks/service')
  /** @throws Error with Terraform's output. */
  const terraform = (...args: string[]) =>
    run('terraform', [...args, '-no-color'], { cwd, env, maxBuffer: 2 ** 26 }).catch(({ stdout, stderr }) => {
      throw new Error(`terraform ${args.join(' ')}:\n${stdout}\n${stderr}`)
    })
  await terraform('init', '-input=false')
  return {
    terraform,
    /** Resources that the stand-in created: types, names and values. */
    async created() {
      const lines = (await readFile(AWS_DRY_RUN_LOG, 'utf8')).trim().split('\n')
      return lines.map((line) => JSON.parse(line)).filter(({ action }) => action === 'create')
    },
  }
}
