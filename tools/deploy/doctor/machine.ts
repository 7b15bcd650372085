import type { Settings } from '../../../terraform/settings.ts'
import { nested, texts } from '../../local/wiring/terraform.ts'
import { CommandError, run } from '../../process/command.ts'
import { type Stack, variablesOf } from '../cdktf/stacks.ts'
import { dockerArchitecture } from '../images/content-hash.ts'
import type { Finding } from './finding.ts'

/** Checks what a deployment needs of this machine. */
export async function checkMachine({ ARCHITECTURE }: Settings, stacks: readonly Stack[]): Promise<Finding[]> {
  const found = await Promise.all([docker(ARCHITECTURE), terraformVersion(), loopback(stacks)])
  return [...found.flat(), ...missing(stacks)]
}

type Architecture = Settings['ARCHITECTURE']

async function docker(architecture: Architecture): Promise<Finding[]> {
  const name = 'Docker'
  const format = '{{.Server.Version}} {{.Server.Arch}}'
  const version = await run('docker', ['version', '--format', format]).catch((error: Error) => error)
  if (version instanceof CommandError)
    return [{ name, text: 'no engine answers', fix: 'start Docker Desktop, or: sudo systemctl start docker' }]
  if (version instanceof Error)
    return [{ name, text: version.message, fix: 'install it: https://docs.docker.com/get-docker' }]
  const [number = '', engine] = version.trim().split(' ')
  const wanted = dockerArchitecture[architecture]
  const emulated = `${number}, on ${engine}, so it builds for ${wanted} by emulation, if at all (docker run --privileged --rm tonistiigi/binfmt --install ${wanted})`
  return [engine === wanted ? { name, text: number } : { name, text: emulated, unsure: true }]
}

/** The oldest Terraform with S3's own locking, which the state uses. */
const TERRAFORM = [1, 10] as const

async function terraformVersion(): Promise<Finding> {
  const name = 'Terraform'
  const fix = 'install it: https://developer.hashicorp.com/terraform/install'
  const output = await run('terraform', ['version', '-json']).catch((error: Error) => error)
  if (output instanceof Error) return { name, text: output.message, fix }
  const version: string = JSON.parse(output.slice(output.indexOf('{'))).terraform_version
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < TERRAFORM[0] || (major === TERRAFORM[0] && minor < TERRAFORM[1])
  return isOld ? { name, text: `${version} is older than ${TERRAFORM.join('.')}`, fix } : { name, text: version }
}

/** `make dev` takes servers of this machine, and so does the synthesis. */
function loopback(stacks: readonly Stack[]): Finding[] {
  const variables = stacks.flatMap(({ terraform }) =>
    terraform.all('aws_lambda_function').flatMap((each) => texts(nested(each, 'environment').variables)),
  )
  const own = variables.filter(([, value]) => /^(localhost|127\.[\d.]+|::1)(:\d+)?$|^\/.*\.sock$/.test(value))
  const told = [...new Set(own.map(([name, value]) => `${name}=${value}`))]
  const fix = 'set it to a host that the functions reach, or leave it out'
  return told.map((each) => ({ name: 'Variable', text: `${each} is this machine, which no function reaches`, fix }))
}

/** Values that come in with Terraform's variables, such as secrets. */
export const missing = (stacks: readonly Pick<Stack, 'json'>[], env = process.env): Finding[] =>
  variablesOf(stacks)
    .filter(({ name, isOptional }) => !isOptional && !env[name])
    .map(({ name, description }) => ({
      name: 'Variable',
      text: `missing: ${description}`,
      fix: `set ${name} in .env or in the environment`,
    }))
