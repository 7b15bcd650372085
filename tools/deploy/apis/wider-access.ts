import type { Block } from '../../local/wiring/terraform.ts'
import type { Deployment } from '../cdktf/deployment.ts'

/** Attributes of resources by address. */
type Resources = Readonly<Record<string, Block>>

/** Access levels; each admits fewer callers than the one before. */
const RANKS = ['open', 'api-key', 'iam, cognito or jwt'] as const

const rankOf = ({ authorization, api_key_required: key }: Block) =>
  authorization && authorization !== 'NONE' ? 2 : key === true ? 1 : 0

/** Values by setting, of which a token must contain one. */
function wordsOf({ authorization, authorization_scopes: scopes, environment }: Block) {
  if (authorization === 'COGNITO_USER_POOLS') return { COGNITO_SCOPES: (scopes ?? []) as string[] }
  const [block] = [environment].flat() as [{ variables?: Readonly<Record<string, string>> } | undefined]
  const { JWT_ISSUER, JWT_AUDIENCE, JWT_SCOPES } = block?.variables ?? {}
  return JWT_ISSUER ? { JWT_AUDIENCE: JWT_AUDIENCE?.split(' ') ?? [], JWT_SCOPES: JWT_SCOPES?.split(' ') ?? [] } : {}
}

/** Finds changes that would admit callers whom the deployed APIs refuse. */
export function widerAccess(deployed: Resources, planned: Resources): string[] {
  const found = Object.entries(deployed).flatMap(([address, before]): string[] => {
    const after = planned[address]
    if (!after) return address.startsWith('aws_wafv2_') ? ['WEB_ACL_ARN is not set, but a firewall is deployed'] : []
    const [from, to] = [rankOf(before), rankOf(after)]
    if (to < from) return [`API_SECURITY is ${RANKS[to]}, but deployed is ${RANKS[from]}`]
    const now: Readonly<Record<string, readonly string[]>> = wordsOf(after)
    return Object.entries(wordsOf(before)).flatMap(([setting, words]) => {
      const kept = now[setting]
      const closed = !kept || words.length === 0 || (kept.length > 0 && kept.every((word) => words.includes(word)))
      return closed ? [] : [`${setting} is ${kept.join(' ') || 'not set'}, but deployed is ${words.join(' ')}`]
    })
  })
  return [...new Set(found)]
}

/**
 * Prevents accidental opening of deployed APIs: settings default to open access, and may be missing in CI or on another machine.
 * @throws Error with each difference, unless ALLOW_OPENING=1.
 */
export async function refuseWiderAccess(deployment: Deployment, env = process.env): Promise<void> {
  if (env.ALLOW_OPENING === '1') return
  const found: string[] = []
  for (const stack of deployment.services) {
    const { resources } = await deployment.state(stack)
    const deployed = resources.map(({ type, name, attributes }) => [`${type}.${name}`, attributes])
    const planned = stack.terraform.all().map(({ address, block }) => [address, block])
    found.push(...widerAccess(Object.fromEntries(deployed), Object.fromEntries(planned)))
  }
  if (found.length === 0) return
  throw new Error(
    `This would admit callers whom the deployed APIs refuse:\n${found.map((each) => `  ${each}`).join('\n')}\nSet the deployed values (environment, .env, variables of the workflow), or ALLOW_OPENING=1 if intended.`,
  )
}
