import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type ApiDefinition, type RouteKey, resourcesOf } from '../../../functions/http/api-definition.ts'
import type { Call, SmokeRequest, SmokeTest } from '../../../functions/http/smoke.ts'
import { readApis } from '../../docs/openapi/apis.ts'
import { ROOT } from '../../process/command.ts'
import type { Step } from '../cli.ts'
import { type Access, callerOf, request, type Send } from './caller.ts'
import type { DeployedApis } from './deployed-apis.ts'

/** Milliseconds for a new stage or key to propagate to every host of the gateway. */
const SETTLING = 30_000

/**
 * Tests the deployed APIs: restricted ones refuse strangers, preflights succeed, each API responds as defined, and passes its own
 * `smoke.ts`.
 * @returns a short summary.
 * @throws Error with the request and its response.
 */
export async function smokeTest(access: Access, { urls, apiKey }: DeployedApis, step: Step): Promise<string> {
  const { API_SECURITY } = access
  const apis = [...(await readApis())].flatMap(([name, api]) => (urls[name] ? [{ name, api, url: urls[name] }] : []))
  step.progress('waiting for the APIs')
  await Promise.all(apis.map(({ api, url }) => answersStrangers(api, url, API_SECURITY !== 'open')))
  const refused = API_SECURITY === 'open' ? [] : [`strangers are refused (${API_SECURITY})`]
  const caller = await callerOf(access, apiKey)
  if ('missing' in caller) {
    const missing = `not tried with credentials, ${caller.missing} is not set: ${caller.missing}=… make smoke`
    return [...refused, missing].join('; ')
  }
  const seen = await Promise.all(apis.map(({ name, api, url }) => tryApi(name, api, url, caller.send, step)))
  return [...refused, ...seen].join('; ')
}

async function answersStrangers(api: ApiDefinition, url: string, closed: boolean): Promise<void> {
  const urls = resourcesOf(api).map(({ path }) => `${url}${path.replaceAll(/\{[^}]+\}/g, '0')}`)
  const preflight = { method: 'OPTIONS' }
  await settled(request, urls[0] ?? url, preflight)
  for (const each of urls) {
    await expectStatus([200, 204], request, each, preflight)
    if (closed) await expectStatus([401, 403], request, each, {})
  }
}

async function tryApi(name: string, api: ApiDefinition, url: string, send: Send, { progress, note }: Step) {
  const laps: string[] = []
  const call = async (route: RouteKey, given: Parameters<Call>[1] = {}) => {
    progress(`${name}: ${route}`)
    const start = performance.now()
    const statuses = given.status ? [given.status] : Object.keys(api.routes[route]?.answers ?? {}).map(Number)
    const [target, init] = smokeRequest(url, route, given)
    const text = await expectStatus(statuses, send, target, init)
    laps.push(`${route} ${Math.round(performance.now() - start)} ms`)
    if (text === '') return undefined
    try {
      return JSON.parse(text)
    } catch {
      throw new Error(`${route} of ${name} did not respond with JSON: ${text.slice(0, 500)}`)
    }
  }
  const routes = plainRoutes(api)
  for (const route of routes.slice(0, 1)) await settled(send, smokeRequest(url, route)[0])
  for (const route of routes) await call(route)
  const file = join(ROOT, 'functions', name, 'smoke.ts')
  const own: { smoke?: SmokeTest } = existsSync(file) ? await import(file) : {}
  const seen = await own.smoke?.(call as Call)
  note(`${name}: ${laps.join(', ')}`)
  return seen ?? `${name} answers`
}

/** Builds a request. @param url URL of the API, without a trailing slash. */
function smokeRequest(url: string, route: RouteKey, request: SmokeRequest = {}): [url: string, RequestInit] {
  const { path = {}, query, json, form } = request
  const [method = '', template = ''] = route.split(' ')
  const filled = template.replaceAll(/\{(\w+)\+?\}/g, (_, name) => encodeURIComponent(path[name] ?? ''))
  const search = query ? `?${new URLSearchParams({ ...query })}` : ''
  const headers = { 'content-type': 'application/json' }
  const body = json === undefined ? { ...(form && { body: form }) } : { headers, body: JSON.stringify(json) }
  return [`${url}${filled}${search}`, { method, ...body }]
}

/** GET routes without required parameters. */
const plainRoutes = ({ routes }: ApiDefinition): RouteKey[] =>
  Object.entries(routes).flatMap(([route, { query }]) => {
    const result = query?.['~standard'].validate({})
    const isPlain = /^GET [^{]*$/.test(route) && !(result instanceof Promise) && !result?.issues
    return isPlain ? [route as RouteKey] : []
  })

/** Repeats a request until the gateway knows the stage and the caller; until then it responds with 403, or not at all. */
async function settled(send: Send, url: string, init: RequestInit = {}): Promise<void> {
  for (const deadline = Date.now() + SETTLING; Date.now() < deadline; ) {
    const { status } = await send(url, init).catch(() => ({ status: 0 }))
    if (status !== 0 && status !== 403) return
    await setTimeout(500)
  }
}

async function expectStatus(statuses: readonly number[], send: Send, url: string, init: RequestInit): Promise<string> {
  const response = await send(url, init)
  const text = await response.text()
  if (statuses.includes(response.status)) return text
  const said = `${init.method ?? 'GET'} ${url} answered ${response.status}, not ${statuses.join(' or ')}`
  throw new Error(`${said}: ${text.slice(0, 500)}${ADVICE[response.status] ?? ''}`)
}

const UNREACHED =
  '\nThe function cannot reach a service that it needs, such as its database. Check security groups; make logs shows the error.'
/** Usual cause of a failure, by status. */
const ADVICE: Readonly<Record<number, string>> = {
  401: '\nThe API refuses this token: is it for JWT_AUDIENCE, from JWT_ISSUER or the user pool, and not expired?',
  403: '\nThe caller is not allowed: execute-api:Invoke is missing (iam), the key is wrong (api-key), or a scope is missing (jwt).',
  502: '\nThe function failed: make logs shows the error.',
  503: UNREACHED,
  504: UNREACHED,
}
