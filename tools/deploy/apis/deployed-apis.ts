import { lookup } from 'node:dns/promises'
import { readApis } from '../../docs/openapi/apis.ts'
import type { Outputs } from '../cdktf/deployment.ts'

type Urls = NonNullable<Outputs['api_urls']>

/** Variable that overrides an API's URL, e.g. with that of `make dev` or a proxy. */
const variableOf = (api: string) => `${api.toUpperCase().replaceAll('-', '_')}_URL`

/** Reads URLs from the environment: `ITEMS_URL` for the API `items`, `API` for all of them. */
export function givenUrls(names: Iterable<string>, env = process.env): Urls {
  const given = [...names].map((name) => [name, (env[variableOf(name)] || env.API)?.replace(/\/+$/, '')] as const)
  const wrong = given.find(([, url]) => url && !(/^https?:/.test(url) && URL.canParse(url)))
  if (wrong) throw new Error(`${wrong[1]} is not a URL for the API ${wrong[0]}, such as https://….com/default`)
  return Object.fromEntries(given.flatMap(([name, url]) => (url ? [[name, url]] : [])))
}

export type DeployedApis = Awaited<ReturnType<typeof deployedApis>>

/**
 * Finds the URLs of the deployed APIs, in the environment or the outputs, and the deployment's API key, if any.
 * @throws Error if there are no URLs.
 */
export async function deployedApis(outputs: () => Promise<Outputs>) {
  const names = [...(await readApis()).keys()]
  const apiKey = async () => (await outputs()).api_key
  const given = givenUrls(names)
  const deployed = names.every((name) => given[name]) ? {} : (await outputs()).api_urls
  const urls: Urls = { ...deployed, ...given }
  if (Object.keys(urls).length > 0) return { urls, apiKey }
  throw new Error(
    `No URL of a deployed API is known: run \`make deploy\`, or set ${names.map(variableOf).join(' and ')}`,
  )
}

/** Reason why the APIs cannot be tested yet: their custom domain does not resolve to them. @param target the output `domain_target`. */
export async function domainProblem(urls: Urls, target: string | undefined): Promise<string | undefined> {
  const { hostname } = new URL(Object.values(urls)[0] ?? 'http://127.0.0.1')
  if (target === undefined || hostname.endsWith('.amazonaws.com') || hostname === '127.0.0.1') return undefined
  const names = [hostname, target].map((name) => lookup(name, { all: true }).catch(() => []))
  const [own = [], wanted = []] = await Promise.all(names)
  if (own.some(({ address }) => wanted.some((each) => each.address === address))) return undefined
  return `not tried: ${hostname} does not resolve to ${target} yet. Make it an alias of that, then run make smoke`
}
