import * as v from 'valibot'
import { type Settings, settingsSchema } from './fields.ts'

/** What is wrong with a setting, and what to do. */
export type Rule = readonly [broken: boolean, name: keyof typeof settingsSchema.entries, advice: string]

/** A line for each rule that is broken: the setting with its value, and the advice. */
export const brokenRules = (settings: Settings, rules: readonly Rule[]): string[] =>
  rules.flatMap(([broken, name, advice]) => (broken ? [problem(name, textOf(settings[name]), advice)] : []))

/** A line about a setting; of a secret without its value. */
export const problem = (name: string, value: string | undefined, advice: string): string =>
  value === undefined || isSecret(name) ? `${name} ${advice}` : `${name}=${value} ${advice}`

/** Adds what was found later, unless it is about a setting of which enough has been said. */
export function withLater(problems: readonly string[], later: readonly string[]): string[] {
  const settingIn = (line: string) => /^[A-Z][A-Z0-9_]+(?=[= ])/.exec(line)?.[0]
  const told = new Set(problems.map(settingIn))
  return [...new Set([...problems, ...later.filter((line) => !told.has(settingIn(line) ?? ''))])]
}

const entries: Readonly<Record<string, v.GenericSchema>> = settingsSchema.entries

/** Whether a setting's value must be in no synthesized file. */
export const isSecret = (name: string): boolean => {
  const schema = entries[name]
  return schema !== undefined && v.getMetadata(schema).secret === true
}

/** What a setting is for. */
export const meaningOf = (name: string): string => {
  const schema = entries[name]
  return (schema && v.getDescription(schema)) ?? 'a value that a function needs'
}

/** A setting as it stands in a function's environment. */
export const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : Array.isArray(value) ? value.join(' ') : String(value)

/** Lambda, API Gateway and Terraform's provider look for these in the region of the deployment. */
const REGIONAL = ['CERTIFICATE_ARN', 'KMS_KEY', 'WEB_ACL_ARN'] as const

/** Whether an ARN is in another region than the deployment. */
export const elsewhere = (arn: string | undefined, { AWS_REGION }: Pick<Settings, 'AWS_REGION'>): boolean =>
  arn?.startsWith('arn:') === true && arn.split(':')[3] !== AWS_REGION

/** What is wrong with settings that are right each for itself, but do not go together. */
export const conflicts = (settings: Settings): string[] => {
  const { AWS_REGION, DOMAIN_NAME, CERTIFICATE_ARN } = settings
  return brokenRules(settings, [
    ...REGIONAL.map(
      (name): Rule => [elsewhere(settings[name], settings), name, `must be in AWS_REGION, ${AWS_REGION}`],
    ),
    [
      DOMAIN_NAME !== undefined && CERTIFICATE_ARN === undefined,
      'DOMAIN_NAME',
      'needs CERTIFICATE_ARN, the ACM certificate of that name',
    ],
    [
      CERTIFICATE_ARN !== undefined && DOMAIN_NAME === undefined,
      'CERTIFICATE_ARN',
      'needs DOMAIN_NAME, the name that it is for',
    ],
    ...access(settings),
  ])
}

/** Settings of one kind of API_SECURITY. Without it they would leave the APIs open, and look as if they did not. */
const KINDS = {
  cognito: {
    COGNITO_USER_POOL_ARN: 'set it to the ARN of the user pool whose users may call the APIs',
    COGNITO_SCOPES: undefined,
  },
  jwt: {
    JWT_ISSUER: "set it to the issuer's URL, exactly as its tokens have it in iss",
    JWT_AUDIENCE: 'set it to what tokens for these APIs have in aud',
    JWT_SCOPES: undefined,
  },
} as const

function access(settings: Settings): Rule[] {
  const { API_SECURITY } = settings
  return Object.entries(KINDS).flatMap(([kind, names]) =>
    Object.entries<string | undefined>(names).flatMap(([text, needed]): Rule[] => {
      const name = text as Rule[1]
      const given = settings[name] !== undefined
      const missing = `is missing, and API_SECURITY=${kind} needs it: ${needed}`
      const belongs = `goes with API_SECURITY=${kind}, and that is ${API_SECURITY}: set API_SECURITY=${kind}, or leave ${name} out`
      return [
        [needed !== undefined && !given && API_SECURITY === kind, name, missing],
        [given && API_SECURITY !== kind, name, belongs],
      ]
    }),
  )
}
