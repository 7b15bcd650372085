import { STATUS_CODES } from 'node:http'
import * as v from 'valibot'
import { type Components, type JsonSchema, lifted, share, toSchema } from './json-schema.ts'

const told = (description: string) => v.pipe(v.string(), v.description(description))
const requestId = v.pipe(told('Finds the line in the log of the function.'), v.uuid())

const fieldError = v.pipe(
  v.object({ path: told('Field, parameter, header in lower case, or `body`.'), message: v.string() }),
  v.title('FieldError'),
)
const functionError = v.pipe(
  v.object({
    message: told('For people: what is wrong, and often what to do.'),
    errors: v.optional(
      v.pipe(v.array(fieldError), v.minLength(1), v.description('With a 422: every problem at once.')),
    ),
    requestId,
  }),
  v.title('Error'),
)
/** Open, for a policy that denies access is told with `Message`. */
const gatewayError = v.pipe(
  v.object({ message: v.optional(v.nullable(v.string())), requestId: v.optional(requestId) }),
  v.metadata({ title: 'GatewayError', additionalProperties: true }),
  v.description('An error of API Gateway, or of a function: then with `requestId`.'),
)

type Giver = 'function' | 'gateway' | 'either'

/** Errors by their status: who gives one, and when. */
const errors: Readonly<Record<number, readonly [Giver, string]>> = {
  400: ['gateway', 'Malformed HTTP.'],
  401: ['gateway', 'The token is missing or not valid.'],
  403: ['gateway', 'The caller may not do this, or the path does not exist: the two look the same.'],
  404: ['function', 'What the request names does not exist.'],
  408: ['gateway', 'The request did not come to its end.'],
  409: ['function', 'The request contradicts what is stored.'],
  413: ['either', 'Over the limit in `message`, or over 10 MB: then in plain text.'],
  414: ['gateway', 'A request line over 10,240 bytes.'],
  415: ['function', 'The body has another media type, or another charset than UTF-8.'],
  422: ['function', 'The request is malformed, or a value is not allowed. Nothing was changed.'],
  429: ['gateway', 'Over `THROTTLE_RATE` or `THROTTLE_BURST`.'],
  431: ['gateway', 'Headers over 10,240 bytes in all.'],
  500: ['either', 'A fault of the service. The log line with the `requestId` names its cause.'],
  502: ['gateway', 'The function ended without an answer.'],
  503: ['function', 'A service behind the function fails or is overloaded: wait for `Retry-After`.'],
  504: ['either', 'It took too long. Whether something was changed is not known.'],
}

/** Statuses that any request may get, whatever its route. */
export const ANYWHERE = [400, 403, 408, 413, 414, 429, 431, 500, 502, 503, 504]
/** Those of limits of HTTP, which the gateway tells in plain text. */
const PLAIN = [413, 414, 431]

const text = (description: string, more: JsonSchema = {}) => ({ description, schema: { type: 'string', ...more } })
const required = true

const headers: Readonly<Record<string, object>> = {
  'x-amzn-RequestId': { required, ...text('Names the request in the log of the gateway.', { format: 'uuid' }) },
  'x-amz-apigw-id': text('The same, for the support of API Gateway.'),
  'X-Amzn-Trace-Id': text('The X-Ray trace of the request.'),
  'x-amzn-ErrorType': text('Kind of an error of API Gateway.'),
  'Access-Control-Allow-Origin': { required, ...text('`CORS_ORIGIN`: whose pages may read the answer.') },
  'Access-Control-Expose-Headers': text('Headers that pages may read.'),
  'Cache-Control': text('No answer is kept.', { const: 'no-store' }),
  'X-Content-Type-Options': text('The body is what its type says.', { const: 'nosniff' }),
  Vary: text('Where `CORS_ORIGIN` is one origin.', { const: 'Origin' }),
  Location: { required, ...text('Path of what was created.', { format: 'uri-reference' }) },
  'Retry-After': { required, description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
}

const ALWAYS = ['x-amzn-RequestId', 'x-amz-apigw-id', 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']
const OF_FUNCTIONS = [...ALWAYS, 'X-Amzn-Trace-Id', 'Cache-Control', 'X-Content-Type-Options', 'Vary']
const OF_GATEWAY = [...ALWAYS, 'x-amzn-ErrorType']

function headersOf(names: readonly string[], components: Components) {
  const part = (name: string) => share(components, 'headers', name, headers[name] ?? text('Of this operation.'))
  return Object.fromEntries(names.map((name) => [name, part(name)]))
}

/** An answer of a function that is no error, without its content. */
export const success = (status: string, names: readonly string[] = [], components: Components) => ({
  description: STATUS_CODES[status] ?? status,
  headers: headersOf([...OF_FUNCTIONS, ...names], components),
})

/** An answer that is an error, as a component. */
export function failure(status: number, components: Components) {
  const [giver, description] = errors[status] as [Giver, string]
  const names = [
    ...(giver === 'gateway' ? [] : OF_FUNCTIONS),
    ...(giver === 'function' ? [] : OF_GATEWAY),
    ...(status === 503 ? ['Retry-After'] : []),
  ]
  const schema = lifted(toSchema(giver === 'function' ? functionError : gatewayError), components)
  const content = {
    ...((giver === 'either' || !PLAIN.includes(status)) && { 'application/json': { schema } }),
    ...(PLAIN.includes(status) && { 'text/plain': { schema: { type: 'string' } } }),
  }
  const name = STATUS_CODES[status]?.replaceAll(' ', '') ?? String(status)
  return share(components, 'responses', name, { description, headers: headersOf(names, components), content })
}
