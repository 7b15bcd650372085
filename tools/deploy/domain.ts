import { lookup } from 'node:dns/promises'
import type { Endpoints } from './endpoints.ts'
import type { Outputs } from './state.ts'

const addressesOf = (name: string): Promise<string[]> =>
  lookup(name, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  )

/**
 * Why the APIs cannot be tried yet: their only name may still lead to nothing, or to what it stood for before.
 * @returns `undefined` where they can.
 */
export async function domainProblem(
  { rds }: Endpoints,
  { domain_target: target }: Outputs,
): Promise<string | undefined> {
  const { hostname } = new URL(rds)
  if (typeof target !== 'string' || hostname.endsWith('.amazonaws.com') || hostname === '127.0.0.1') return undefined
  const [own, wanted] = await Promise.all([addressesOf(hostname), addressesOf(target)])
  if (own.some((address) => wanted.includes(address))) return undefined
  return `not tried: ${hostname} does not lead to ${target} yet. Make it an alias of that, then make smoke`
}
