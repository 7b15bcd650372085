import type { Settings } from '../../terraform/settings.ts'
import { type Image, images } from '../build.ts'
import { callerIdentity } from './aws.ts'
import { CommandError, run } from './command.ts'
import { baseImage, inspectBase } from './content.ts'
import { seePermissions } from './permissions.ts'

/** What a check found. Without `fix` all is well; `unsure` is no reason to stop. */
export interface Finding {
  readonly name: string
  readonly text: string
  readonly fix?: string
  readonly unsure?: boolean
}

/** Terraform's oldest version that has what the stacks use: S3's own locking. */
const TERRAFORM = [1, 10] as const

/** Everything that a deployment needs of this machine and of the account, looked at in parallel. */
export async function checkAll(settings: Settings): Promise<Finding[]> {
  const found = await Promise.all([docker(settings), terraform(), account(settings)])
  return found.flat()
}

async function docker({ ARCHITECTURE }: Settings): Promise<Finding[]> {
  const name = 'Docker'
  const version = await run('docker', ['version', '--format', '{{.Server.Version}}']).catch((error: Error) => error)
  if (version instanceof CommandError)
    return [{ name, text: 'no engine answers', fix: 'start Docker Desktop, or: sudo systemctl start docker' }]
  if (version instanceof Error)
    return [{ name, text: version.message, fix: 'install it: https://docs.docker.com/get-docker' }]
  const bases = [...new Set(await Promise.all(images.map((image: Image) => baseImage(image))))]
  return [{ name, text: version }, ...(await Promise.all(bases.map((base) => baseFinding(base, ARCHITECTURE))))]
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

async function terraform(): Promise<Finding[]> {
  const name = 'Terraform'
  const install = 'install it: https://developer.hashicorp.com/terraform/install'
  const output = await run('terraform', ['version', '-json']).catch((error: Error) => error)
  if (output instanceof Error) return [{ name, text: output.message, fix: install }]
  const version: string = JSON.parse(output.slice(output.indexOf('{'))).terraform_version
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > TERRAFORM[0] || (major === TERRAFORM[0] && minor >= TERRAFORM[1])) return [{ name, text: version }]
  return [{ name, text: `${version} is older than ${TERRAFORM.join('.')}`, fix: install }]
}

async function account({ AWS_REGION }: Settings): Promise<Finding[]> {
  const identity = await callerIdentity().catch((error: Error) => error)
  if (identity instanceof Error) {
    const text = `${identity.name}: ${identity.message}`
    return [{ name: 'AWS account', text, fix: credentialFix(identity, AWS_REGION) }]
  }
  return [
    { name: 'AWS account', text: `${identity.account}, as ${identity.arn}` },
    { name: 'Region', text: AWS_REGION },
    await seePermissions(identity.arn),
  ]
}

function credentialFix({ name }: Error, region: string): string {
  if (/Expired/.test(name)) return 'sign in again: aws sso login, or new AWS_… variables'
  if (/InvalidClientToken|SignatureDoesNotMatch|UnrecognizedClient/.test(name))
    return `check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in a region that has to be enabled first, also that ${region} is`
  if (/CredentialsProvider/.test(name))
    return 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment or .env'
  return `is the internet reachable, and is ${region} a region of AWS (AWS_REGION)?`
}
