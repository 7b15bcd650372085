import { images, type Settings } from '../../terraform/settings.ts'
import { nested, texts } from '../local/wiring/terraform.ts'
import { CommandError, run } from '../process/command.ts'
import { account } from './account-checks.ts'
import { passVariables, type Stack } from './cdktf/stacks.ts'
import { type Finding, named, type Told } from './findings.ts'
import { dockerArchitecture, readDockerfile } from './images/content-hash.ts'

/** Checks the deployment's requirements of this machine and the AWS account. */
export async function check(settings: Settings, stacks: readonly Stack[]): Promise<Finding[]> {
  const found = await Promise.all([
    named('Docker', docker(settings)),
    named('Terraform', terraform()),
    named('Variable', [...loopback(stacks), ...missing(stacks)]),
    account(settings, stacks),
  ])
  return found.flat()
}

async function docker({ ARCHITECTURE }: Settings): Promise<Told | Told[]> {
  const format = '{{.Server.Version}} {{.Server.Arch}}'
  const version = await run('docker', ['version', '--format', format]).catch((error: Error) => error)
  if (version instanceof CommandError)
    return { text: 'no engine answers', fix: 'start Docker Desktop, or: sudo systemctl start docker' }
  if (version instanceof Error) return { text: version.message, fix: 'install it: https://docs.docker.com/get-docker' }
  const [number = '', engine] = version.trim().split(' ')
  const wanted = dockerArchitecture[ARCHITECTURE]
  const emulated = `${number}, on ${engine}, so it builds for ${wanted} by emulation, if at all (docker run --privileged --rm tonistiigi/binfmt --install ${wanted})`
  const told = engine === wanted ? { text: number } : { text: emulated, unsure: true }
  return [told, ...(await missingBase())]
}

/** Finds a base image that Docker neither has nor can pull: a deployment would fail only after creating the repository. */
async function missingBase(): Promise<Told[]> {
  for (const { base } of await Promise.all(images.map(readDockerfile))) {
    const inspect = (kind: string) => run('docker', [kind, 'inspect', base])
    const found = await inspect('image').catch(() => inspect('manifest').catch(() => undefined))
    const fix = 'connect to the internet, or set HTTPS_PROXY for Docker, or load it: docker load'
    if (found === undefined) return [{ text: `the base image ${base} is missing and cannot be pulled`, fix }]
  }
  return []
}

async function terraform(): Promise<Told> {
  const fix = 'install it: https://developer.hashicorp.com/terraform/install'
  const output = await run('terraform', ['version', '-json']).catch((error: Error) => error)
  if (output instanceof Error) return { text: output.message, fix }
  const version: string = JSON.parse(output.slice(output.indexOf('{'))).terraform_version
  // 1.10 introduced S3-native state locking, which the backend uses.
  const isOld = version.localeCompare('1.10', 'en', { numeric: true }) < 0
  return isOld ? { text: `${version} is older than 1.10`, fix } : { text: version }
}

/** Finds loopback addresses in functions' variables; `make dev` and the synthesis accept them. */
function loopback(stacks: readonly Stack[]): Told[] {
  const variables = stacks.flatMap(({ terraform }) =>
    terraform.all('aws_lambda_function').flatMap((each) => texts(nested(each, 'environment').variables)),
  )
  const own = variables.filter(([, value]) => /^(localhost|127\.[\d.]+|::1)(:\d+)?$|^\/.*\.sock$/.test(value))
  const told = [...new Set(own.map(([name, value]) => `${name}=${value}`))]
  const fix = 'set it to a host that the functions can reach, or leave it out'
  return told.map((each) => ({ text: `${each} is this machine, which functions cannot reach`, fix }))
}

/** Finds missing values of Terraform's variables, such as secrets. */
const missing = (stacks: readonly Stack[]): Told[] =>
  passVariables(stacks).map(({ name, description }) => ({
    text: `missing: ${description}`,
    fix: `set ${name} in .env or in the environment`,
  }))
