import type { Block } from '../../local/wiring/terraform.ts'
import type { Deployment } from '../cdktf/deployment.ts'

/** Attributes of resources by their address. */
type Resources = Readonly<Record<string, Block>>

/** Kinds of access; each admits fewer callers than the one before. */
const RANKS = ['open', 'api-key', 'iam, cognito or jwt'] as const

const rankOf = ({ authorization, api_key_required: key }: Block) =>
  authorization && authorization !== 'NONE' ? 2 : key === true ? 1 : 0

/** Words of which a token must have one, by setting. */
function wordsOf({ authorization, authorization_scopes: scopes, environment }: Block) {
  if (authorization === 'COGNITO_USER_POOLS') return { COGNITO_SCOPES: (scopes ?? []) as string[] }
  const [block] = [environment].flat() as [{ variables?: Readonly<Record<string, string>> } | undefined]
  const { JWT_ISSUER, JWT_AUDIENCE, JWT_SCOPES } = block?.variables ?? {}
  return JWT_ISSUER ? { JWT_AUDIENCE: JWT_AUDIENCE?.split(' ') ?? [], JWT_SCOPES: JWT_SCOPES?.split(' ') ?? [] } : {}
}

/** Differences that let callers in whom the deployed APIs refuse. */
export function widerAccess(deployed: Resources, planned: Resources): string[] {
  const found = Object.entries(deployed).flatMap(([address, before]): string[] => {
    const after = planned[address]
    if (!after) return address.startsWith('aws_wafv2_') ? ['WEB_ACL_ARN is left out, and a firewall is deployed'] : []
    const [from, to] = [rankOf(before), rankOf(after)]
    if (to < from) return [`API_SECURITY is ${RANKS[to]}, and deployed is ${RANKS[from]}`]
    const now: Readonly<Record<string, readonly string[]>> = wordsOf(after)
    return Object.entries(wordsOf(before)).flatMap(([setting, words]) => {
      const kept = now[setting]
      const closed = !kept || words.length === 0 || (kept.length > 0 && kept.every((word) => words.includes(word)))
      return closed ? [] : [`${setting} is ${kept.join(' ') || 'left out'}, and deployed is ${words.join(' ')}`]
    })
  })
  return [...new Set(found)]
}

/**
 * Refuses to let callers in whom the deployed APIs refuse: a setting that is missing, as it may be in CI or on another machine, has an
 * open default.
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
    `Callers would get in whom the deployed APIs refuse:\n${found.map((each) => `  ${each}`).join('\n')}\nSet what is deployed (environment, .env, variables of the workflow), or ALLOW_OPENING=1 if that is meant.`,
  )
}
