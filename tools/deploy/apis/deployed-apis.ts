import { lookup } from 'node:dns/promises'
import { readApis } from '../../docs/openapi/apis.ts'
import type { Deployment } from '../cdktf/deployment.ts'

/** URLs of APIs by name, without a slash at their ends: a route's URL is that and its path. */
export type ApiUrls = Readonly<Record<string, string>>

/** Variable that names another URL for an API, e.g. of `make dev` or behind a proxy. */
const variableOf = (api: string) => `${api.toUpperCase().replaceAll('-', '_')}_URL`

/** URLs that the environment gives: `ITEMS_URL` for the API `items`. */
export function givenUrls(names: Iterable<string>, env = process.env): ApiUrls {
  const given = [...names].map((name) => [name, env[variableOf(name)]?.replace(/\/+$/, '')] as const)
  const wrong = given.find(([, url]) => url && !/^https?:\/\//.test(url))
  if (wrong) throw new Error(`${variableOf(wrong[0])}=${wrong[1]} must be a URL, such as https://….com/default`)
  return Object.fromEntries(given.flatMap(([name, url]) => (url ? [[name, url]] : [])))
}

export interface DeployedApis {
  readonly urls: ApiUrls
  /** The deployment's own key, where its APIs ask for one. */
  apiKey(): Promise<string | undefined>
}

/**
 * The deployed APIs, by the environment or the output `api_urls`.
 * @throws Error where there are none.
 */
export async function deployedApis(deployment: Deployment): Promise<DeployedApis> {
  const names = [...(await readApis()).keys()]
  const apiKey = () => deployment.secret('api_key')
  const given = givenUrls(names)
  if (names.every((name) => given[name])) return { urls: given, apiKey }
  if (deployment.stacks.length === 0) await deployment.synthesize()
  const urls: ApiUrls = { ...((await deployment.outputs()).api_urls as ApiUrls | undefined), ...given }
  if (Object.keys(urls).length > 0) return { urls, apiKey }
  throw new Error(
    `There is no URL of what is deployed: run \`make deploy\`, or set ${names.map(variableOf).join(' and ')}`,
  )
}

const addressesOf = (name: string): Promise<string[]> =>
  lookup(name, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  )

/** Why the APIs cannot be tried yet: their custom domain may not lead to them. @param target the output `domain_target` */
export async function domainProblem(urls: ApiUrls, target: unknown): Promise<string | undefined> {
  const { hostname } = new URL(Object.values(urls)[0] ?? 'http://127.0.0.1')
  if (typeof target !== 'string' || hostname.endsWith('.amazonaws.com') || hostname === '127.0.0.1') return undefined
  const [own, wanted] = await Promise.all([addressesOf(hostname), addressesOf(target)])
  if (own.some((address) => wanted.includes(address))) return undefined
  return `not tried: ${hostname} does not lead to ${target} yet. Make it an alias of that, then make smoke`
}
