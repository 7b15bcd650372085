import { lookup } from 'node:dns/promises'
import { readApis } from '../../docs/openapi/apis.ts'
import type { Outputs } from '../cdktf/deployment.ts'

type Urls = NonNullable<Outputs['api_urls']>

/** Variable that names another URL for an API, e.g. of `make dev` or behind a proxy. */
const variableOf = (api: string) => `${api.toUpperCase().replaceAll('-', '_')}_URL`

/** URLs that the environment gives: `ITEMS_URL` for the API `items`, `API` for all of them. */
export function givenUrls(names: Iterable<string>, env = process.env): Urls {
  const given = [...names].map((name) => [name, (env[variableOf(name)] || env.API)?.replace(/\/+$/, '')] as const)
  const wrong = given.find(([, url]) => url && !(/^https?:/.test(url) && URL.canParse(url)))
  if (wrong) throw new Error(`${wrong[1]} is no URL of the API ${wrong[0]}, such as https://….com/default`)
  return Object.fromEntries(given.flatMap(([name, url]) => (url ? [[name, url]] : [])))
}

export type DeployedApis = Awaited<ReturnType<typeof deployedApis>>

/**
 * The deployed APIs, by the environment or the outputs, and the deployment's own key, where they ask for one.
 * @throws Error where there are none.
 */
export async function deployedApis(outputs: () => Promise<Outputs>) {
  const names = [...(await readApis()).keys()]
  const apiKey = async () => (await outputs()).api_key
  const given = givenUrls(names)
  const deployed = names.every((name) => given[name]) ? {} : (await outputs()).api_urls
  const urls: Urls = { ...deployed, ...given }
  if (Object.keys(urls).length > 0) return { urls, apiKey }
  throw new Error(
    `There is no URL of what is deployed: run \`make deploy\`, or set ${names.map(variableOf).join(' and ')}`,
  )
}

/** Why the APIs cannot be tried yet: their custom domain may not lead to them. @param target the output `domain_target` */
export async function domainProblem(urls: Urls, target: string | undefined): Promise<string | undefined> {
  const { hostname } = new URL(Object.values(urls)[0] ?? 'http://127.0.0.1')
  if (target === undefined || hostname.endsWith('.amazonaws.com') || hostname === '127.0.0.1') return undefined
  const names = [hostname, target].map((name) => lookup(name, { all: true }).catch(() => []))
  const [own = [], wanted = []] = await Promise.all(names)
  if (own.some(({ address }) => wanted.some((each) => each.address === address))) return undefined
  return `not tried: ${hostname} does not lead to ${target} yet. Make it an alias of that, then make smoke`
}
