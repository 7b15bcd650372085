import type { InvocationResult } from '../lambda/invocation.ts'
import { isBinary } from './binary-media-types.ts'
import { type Answer, areSendable, type GatewayError } from './gateway-response.ts'

/** What a function may answer with: one key more is a malformed answer. */
const KEYS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'])

/** The function's headers that the gateway keeps for itself and renames to `x-amzn-Remapped-…`. */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
  'x-amz-apigw-id',
  'x-amzn-requestid',
  'x-amzn-trace-id',
])

type Headers = [string, string][]

/** Turns a function's result into the HTTP answer, or into the gateway error that a malformed one is. */
export function createAnswer(
  result: InvocationResult,
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): Answer | GatewayError {
  const response = result.functionError ? undefined : parseResponse(result.payload)
  if (!response) return 'badIntegration'
  const headers = response.headers.flatMap(rename)
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type'))
    headers.push(['Content-Type', 'application/json'])
  if (!areSendable(headers)) return 'badIntegration'
  if (!response.isBase64Encoded || !isBinary(accept, binaryMediaTypes))
    return { status: response.status, headers, body: Buffer.from(response.body) }
  // Buffer.from would skip over what is no base64.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(response.body)) return 'internal'
  return { status: response.status, headers, body: Buffer.from(response.body, 'base64') }
}

function rename([name, value]: Headers[number]): Headers {
  const lower = name.toLowerCase()
  if (lower === 'transfer-encoding') return []
  return [[REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name, value]]
}

/** The parts of a well-formed answer. As API Gateway does, scalars of another type count for their text. */
function parseResponse(payload: string) {
  const response = parseJson(payload)
  if (!isMap(response) || Object.keys(response).some((key) => !KEYS.has(key))) return undefined
  const status = parseStatus(response.statusCode)
  const headers = parseHeaders(response.headers, response.multiValueHeaders)
  const body = response.body ?? ''
  if (status === undefined || headers === undefined || isObject(body)) return undefined
  return { status, headers, body: String(body), isBase64Encoded: String(response.isBase64Encoded) === 'true' }
}

function parseStatus(value: unknown): number | undefined {
  if (value === undefined || value === null) return 200
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d+$/.test(value))) return undefined
  const status = Math.trunc(Number(value))
  return status >= 200 && status <= 599 ? status : undefined
}

/** A header in both maps has the values of both, a value in both once, in the spelling of the multi-value one. */
function parseHeaders(single: unknown, multi: unknown): Headers | undefined {
  const headers = new Map<string, { name: string; values: unknown[] }>()
  for (const map of [single, multi]) if (map !== undefined && map !== null && !isMap(map)) return undefined
  for (const [name, value] of entries(single)) headers.set(name.toLowerCase(), { name, values: [value] })
  for (const [name, values] of entries(multi)) {
    if (!Array.isArray(values)) return undefined
    const others = headers.get(name.toLowerCase())?.values.filter((value) => !values.includes(value)) ?? []
    headers.set(name.toLowerCase(), { name, values: [...values, ...others] })
  }
  const all = [...headers.values()].flatMap(({ name, values }) => values.map((value) => [name, value] as const))
  if (all.some(([, value]) => isObject(value))) return undefined
  return all.filter(([, value]) => value !== null).map(([name, value]) => [name, String(value)])
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isMap(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value)
}

function entries(map: unknown): [string, unknown][] {
  return isMap(map) ? Object.entries(map) : []
}
