import * as v from 'valibot'
import type { InvocationResult } from '../lambda/invocation.ts'
import { isBinary } from './binary-media-types.ts'
import { type Answer, areSendable, type GatewayError } from './gateway-response.ts'

const scalar = v.union([v.string(), v.number(), v.boolean()])
const mapOf = <TValue extends v.GenericSchema>(value: TValue) =>
  v.pipe(
    v.unknown(),
    v.check((map) => !Array.isArray(map)),
    v.record(v.string(), value),
  )
const status = v.union([v.number(), v.pipe(v.string(), v.digits())])

/** A function's answer; a key more makes it malformed. As API Gateway does, scalars of another type count for their text. */
const resultSchema = v.strictObject({
  statusCode: v.nullish(
    v.pipe(status, v.transform(Number), v.transform(Math.trunc), v.minValue(200), v.maxValue(599)),
    200,
  ),
  headers: v.nullish(mapOf(v.nullable(scalar)), {}),
  multiValueHeaders: v.nullish(mapOf(v.array(v.nullable(scalar))), {}),
  body: v.nullish(v.pipe(scalar, v.transform(String)), ''),
  isBase64Encoded: v.optional(v.unknown()),
})

/** The function's headers that the gateway keeps for itself and renames to `x-amzn-Remapped-…`. */
const REMAPPED =
  /^(authorization|connection|content-(length|md5)|date|expect|host|max-forwards|proxy-authenticate|server|trailer|upgrade|user-agent|www-authenticate|x-amz-apigw-id|x-amzn-(requestid|trace-id))$/i

type Headers = [string, string][]

/** Turns a function's result into the HTTP answer, or into the gateway error that a malformed one is. */
export function createAnswer(
  { payload, functionError }: InvocationResult,
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): Answer | GatewayError {
  const result = v.safeParse(resultSchema, functionError ? undefined : parseJson(payload))
  if (!result.success) return 'badIntegration'
  const { statusCode, body, isBase64Encoded } = result.output
  const headers = headersOf(result.output).flatMap(rename)
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type'))
    headers.push(['Content-Type', 'application/json'])
  if (!areSendable(headers)) return 'badIntegration'
  if (String(isBase64Encoded) !== 'true' || !isBinary(accept, binaryMediaTypes))
    return { status: statusCode, headers, body: Buffer.from(body) }
  // Buffer.from would skip over what is no base64.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return 'internal'
  return { status: statusCode, headers, body: Buffer.from(body, 'base64') }
}

function rename([name, value]: Headers[number]): Headers {
  if (/^transfer-encoding$/i.test(name)) return []
  return [[REMAPPED.test(name) ? `x-amzn-Remapped-${name}` : name, value]]
}

/** A header in both maps has the values of both, a value in both once, in the spelling of the multi-value one. */
function headersOf({ headers, multiValueHeaders }: v.InferOutput<typeof resultSchema>): Headers {
  const all = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), { name, values: [value] }]))
  for (const [name, values] of Object.entries(multiValueHeaders)) {
    const others = all.get(name.toLowerCase())?.values.filter((value) => !values.includes(value)) ?? []
    all.set(name.toLowerCase(), { name, values: [...values, ...others] })
  }
  return [...all.values()].flatMap(({ name, values }) =>
    values.filter((value) => value !== null).map((value): Headers[number] => [name, String(value)]),
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
