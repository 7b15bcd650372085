import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../../terraform/settings.ts'
import { images } from '../build/images.ts'
import { synthesized } from '../docs/synthesized.ts'
import { CommandError, ROOT, run } from '../process/command.ts'
import { checkAccount } from './account-checks.ts'
import { baseImage, dockerArchitecture, inspectBase } from './content.ts'

/** What a check found. Without `fix` all is well; `unsure` is no reason to stop. */
export interface Finding {
  readonly name: string
  readonly text: string
  readonly fix?: string
  readonly unsure?: boolean
}

/** Terraform's oldest version that has what the stacks use: S3's own locking. */
const TERRAFORM = [1, 10] as const

/**
 * Looks at everything that a deployment needs of this machine and of the account, before anything is said.
 * @returns a line for each finding, and its fix below it.
 */
export async function examine(settings: Settings): Promise<{ lines: string[]; healthy: boolean }> {
  const { terraform } = await synthesized('own')
  const found = await Promise.all([
    docker(settings),
    terraformVersion(),
    disk(),
    localState(settings),
    databaseHost(settings),
    clock(settings),
    checkAccount(settings, terraform),
  ])
  const findings = found.flat()
  return { lines: findings.flatMap(linesOf), healthy: findings.every(({ fix }) => fix === undefined) }
}

function linesOf({ name, text, fix, unsure }: Finding): string[] {
  const mark = fix === undefined ? (unsure ? '–' : '✔') : '✖'
  const line = `${mark} ${name.padEnd(11)} ${text}`
  return fix === undefined ? [line] : [line, `  ${' '.repeat(11)} → ${fix}`]
}

async function docker({ ARCHITECTURE }: Settings): Promise<Finding[]> {
  const name = 'Docker'
  const format = '{{.Server.Version}} {{.Server.Arch}}'
  const version = await run('docker', ['version', '--format', format]).catch((error: Error) => error)
  if (version instanceof CommandError)
    return [{ name, text: 'no engine answers', fix: 'start Docker Desktop, or: sudo systemctl start docker' }]
  if (version instanceof Error)
    return [{ name, text: version.message, fix: 'install it: https://docs.docker.com/get-docker' }]
  const bases = [...new Set(await Promise.all(images.map(baseImage)))]
  const [number = '', engine] = version.trim().split(' ')
  const wanted = dockerArchitecture[ARCHITECTURE]
  const emulated = `${number}, on ${engine}, so it builds for ${wanted} by emulation, if at all (docker run --privileged --rm tonistiigi/binfmt --install ${wanted})`
  const found = engine === wanted ? { name, text: number } : { name, text: emulated, unsure: true }
  return [found, ...(await Promise.all(bases.map((base) => baseFinding(base, ARCHITECTURE))))]
}

async function baseFinding(base: string, architecture: Settings['ARCHITECTURE']): Promise<Finding> {
  const name = 'Base image'
  if (await inspectBase(base, architecture)) return { name, text: `${base} is here` }
  const host = base.slice(0, base.indexOf('/'))
  const answer = await fetch(`https://${host}/v2/`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
  if (answer) return { name, text: `${base} is pulled from ${host}` }
  return {
    name,
    text: `${base} is not here for ${architecture}, and ${host} cannot be reached`,
    fix: `connect to the internet (or set HTTPS_PROXY for Docker), or load the image: docker load`,
  }
}

async function terraformVersion(): Promise<Finding[]> {
  const name = 'Terraform'
  const install = 'install it: https://developer.hashicorp.com/terraform/install'
  const output = await run('terraform', ['version', '-json']).catch((error: Error) => error)
  if (output instanceof Error) return [{ name, text: output.message, fix: install }]
  const version: string = JSON.parse(output.slice(output.indexOf('{'))).terraform_version
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > TERRAFORM[0] || (major === TERRAFORM[0] && minor >= TERRAFORM[1])) return [{ name, text: version }]
  return [{ name, text: `${version} is older than ${TERRAFORM.join('.')}`, fix: install }]
}

/** GB: the packages, Terraform's provider and two images, each of them while it is unpacked. */
const DISK = 4

async function disk(): Promise<Finding> {
  const { bavail, bsize } = await statfs(ROOT)
  const gb = (bavail * bsize) / 1e9
  const finding = { name: 'Disk', text: `${gb.toFixed(0)} GB are free` }
  return gb >= DISK
    ? finding
    : { ...finding, fix: `make room for ${DISK} GB; docker system prune removes what Docker has left over` }
}

/** Minutes: AWS takes no signature whose time is further off. */
const SKEW = 4

async function clock({ AWS_REGION }: Settings): Promise<Finding[]> {
  const name = 'Clock'
  const url = process.env.AWS_ENDPOINT_URL || `https://sts.${AWS_REGION}.amazonaws.com`
  const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(5000) }).catch(() => undefined)
  const theirs = Date.parse(answer?.headers.get('date') ?? '')
  // Who cannot ask hears so from the credentials' check.
  if (Number.isNaN(theirs)) return []
  const minutes = Math.round((Date.now() - theirs) / 60_000)
  if (Math.abs(minutes) < SKEW) return [{ name, text: "agrees with AWS's" }]
  const text = `is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} AWS's, which takes no signature then`
  return [{ name, text, fix: 'set it: sudo timedatectl set-ntp true (macOS: sudo sntp -sS time.apple.com)' }]
}

/** A state in this folder is locked by a file beside it. */
async function localState({ STATE_BUCKET, ENVIRONMENT }: Settings): Promise<Finding[]> {
  if (STATE_BUCKET !== undefined) return []
  const name = 'State'
  const files = ['registry', 'service'].map((stack) =>
    ['terraform', ENVIRONMENT, stack, 'tfstate'].filter(Boolean).join('.'),
  )
  const locked = files.filter((file) => existsSync(join(ROOT, `.${file}.lock.info`)))
  if (locked.length > 0)
    return [
      { name, text: `${locked.join(' and ')}: locked by a Terraform that works, or that was killed`, unsure: true },
    ]
  return [{ name, text: 'in this folder: only from here can it be deployed (STATE_BUCKET shares it)' }]
}

/** `make dev` takes a database of this machine, and so does the synthesis. */
async function databaseHost({ DB_HOST = '' }: Settings): Promise<Finding[]> {
  if (!/^(localhost$|127\.|::1$|\/)/.test(DB_HOST)) return []
  const fix = 'set DB_HOST to a host in the VPC, or leave it out, and a database is created'
  return [{ name: 'Database', text: `DB_HOST=${DB_HOST} is this machine, which no function reaches`, fix }]
}
