import * as v from 'valibot'
import type { InvocationResult } from '../lambda/environment.ts'
import { isBinary } from './bodies.ts'
import { type Answer, GatewayError } from './gateway-response.ts'

const scalar = v.union([v.string(), v.number(), v.boolean()])
/** An HTTP token. */
const headerName = v.pipe(v.string(), v.regex(/^[\w!#$%&'*+.^`|~-]+$/))
const headerValue = v.nullable(v.pipe(scalar, v.transform(String), v.regex(/^[\t -~\u0080-\u00ff]*$/)))
const mapOf = <TValue extends v.GenericSchema>(value: TValue) =>
  v.pipe(
    v.unknown(),
    v.check((map) => !Array.isArray(map)),
    v.record(headerName, value),
  )
const status = v.union([v.number(), v.pipe(v.string(), v.digits())])

/** A function's response; unknown keys make it malformed. Like API Gateway, accepts any scalar as text. */
const resultSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({
    statusCode: v.nullish(
      v.pipe(status, v.transform(Number), v.transform(Math.trunc), v.minValue(200), v.maxValue(599)),
      200,
    ),
    headers: v.nullish(mapOf(headerValue), {}),
    multiValueHeaders: v.nullish(mapOf(v.array(headerValue)), {}),
    body: v.nullish(v.pipe(scalar, v.transform(String)), ''),
    isBase64Encoded: v.optional(v.unknown()),
  }),
)

/** Headers that the gateway reserves: those of a function are renamed to `x-amzn-Remapped-…`. */
const REMAPPED =
  /^(authorization|connection|content-(length|md5)|date|expect|host|max-forwards|proxy-authenticate|server|trailer|upgrade|user-agent|www-authenticate|x-amz-apigw-id|x-amzn-(requestid|trace-id))$/i

type Headers = [string, string][]

/** Converts a function's result to an HTTP response. @throws GatewayError if it is malformed. */
export function createAnswer(
  { payload, functionError }: InvocationResult,
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): Answer {
  const { success, output } = v.safeParse(resultSchema, payload)
  if (!success || functionError) throw new GatewayError('badIntegration')
  const { statusCode: status, body, isBase64Encoded } = output
  const headers = headersOf(output)
  if (!headers.some(([name]) => name.toLowerCase() === 'content-type'))
    headers.push(['Content-Type', 'application/json'])
  if (String(isBase64Encoded) !== 'true' || !isBinary(accept, binaryMediaTypes))
    return { status, headers, body: Buffer.from(body) }
  // Buffer.from silently skips invalid base64.
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body)) throw new GatewayError('internal')
  return { status, headers, body: Buffer.from(body, 'base64') }
}

/** Merges both maps: a header in both has the values of both, without duplicates, under the multi-value map's spelling. */
function headersOf({ headers, multiValueHeaders }: v.InferOutput<typeof resultSchema>): Headers {
  const all = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), { name, values: [value] }]))
  for (const [name, values] of Object.entries(multiValueHeaders)) {
    const others = all.get(name.toLowerCase())?.values.filter((value) => !values.includes(value)) ?? []
    all.set(name.toLowerCase(), { name, values: [...values, ...others] })
  }
  all.delete('transfer-encoding')
  return [...all.values()].flatMap(({ name, values }) => {
    const sent = REMAPPED.test(name) ? `x-amzn-Remapped-${name}` : name
    return values.filter((value) => value !== null).map((value): Headers[number] => [sent, value])
  })
}
