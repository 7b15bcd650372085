import * as v from 'valibot'
import { type Settings, settingsSchema } from './fields.ts'

type Variables = Readonly<Record<string, string | undefined>>

const entries: Readonly<Record<string, v.GenericSchema>> = settingsSchema.entries

/** Whether synthesized files must not contain the setting's value. */
export const isSecret = (name: string): boolean => {
  const schema = entries[name]
  return schema !== undefined && v.getMetadata(schema).secret === true
}

/** Purpose of a setting. */
export const meaningOf = (name: string): string => {
  const schema = entries[name]
  return (schema && v.getDescription(schema)) ?? 'a value that a function needs'
}

/** A setting's value as an environment variable. */
export const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : Array.isArray(value) ? value.join(' ') : String(value)

/** Errors in settings: one line per setting, with the first error found. */
export class Problems {
  readonly #given: Variables
  readonly #lines = new Map<string, string>()

  constructor(given: Variables) {
    this.#given = given
  }

  /** Adds a line: the setting, the beginning of its value unless it is a secret, and the advice. */
  add(name: string, advice: string, value = this.#given[name]): void {
    const shown = isSecret(name) ? undefined : value?.replace(/(?<=^.{200}).+/s, '…')
    if (!this.has(name)) this.#lines.set(name, shown === undefined ? `${name} ${advice}` : `${name}=${shown} ${advice}`)
  }

  has(name: string): boolean {
    return this.#lines.has(name)
  }

  get lines(): readonly string[] {
    return [...this.#lines.values()]
  }
}

/** ARNs that Lambda, API Gateway, Secrets Manager and Terraform's provider look up in the region of the deployment. */
const REGIONAL = ['CERTIFICATE_ARN', 'DB_SECRET_ID', 'KMS_KEY', 'WEB_ACL_ARN'] as const

/** Settings that apply to one API_SECURITY. With another, the APIs would look protected and be open. */
const KINDS = {
  cognito: ['COGNITO_USER_POOL_ARN', 'COGNITO_SCOPES'],
  jwt: ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_SCOPES'],
} as const

/** Settings that their API_SECURITY requires, with advice. */
const NEEDED: Readonly<Record<string, string>> = {
  COGNITO_USER_POOL_ARN: 'set it to the ARN of the user pool whose users may call the APIs',
  JWT_ISSUER: "set it to the issuer's URL, exactly as in iss of its tokens",
  JWT_AUDIENCE: 'set it to the aud of tokens for these APIs',
}

/** Reports settings that are valid alone but conflict with each other. */
export function addConflicts(settings: Settings, problems: Problems): void {
  const { AWS_REGION, DOMAIN_NAME, CERTIFICATE_ARN, API_SECURITY } = settings
  for (const name of REGIONAL) {
    const [prefix, , , region] = settings[name]?.split(':') ?? []
    if (prefix === 'arn' && region !== AWS_REGION) problems.add(name, `must be in AWS_REGION, ${AWS_REGION}`)
  }
  if (DOMAIN_NAME !== undefined && CERTIFICATE_ARN === undefined)
    problems.add('DOMAIN_NAME', 'needs CERTIFICATE_ARN, the ACM certificate of that domain')
  if (CERTIFICATE_ARN !== undefined && DOMAIN_NAME === undefined)
    problems.add('CERTIFICATE_ARN', 'needs DOMAIN_NAME, the domain of the certificate')
  for (const [kind, names] of Object.entries(KINDS)) {
    for (const name of names) {
      if (settings[name] === undefined && API_SECURITY === kind && name in NEEDED)
        problems.add(name, `is missing, but API_SECURITY=${kind} needs it: ${NEEDED[name]}`)
      if (settings[name] !== undefined && API_SECURITY !== kind)
        problems.add(
          name,
          `requires API_SECURITY=${kind}, but that is ${API_SECURITY}: set API_SECURITY=${kind}, or leave ${name} out`,
        )
    }
  }
}
