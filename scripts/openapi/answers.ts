import { STATUS_CODES } from 'node:http'
import { type Components, type JsonSchema, lifted, share } from './json-schema.ts'

const requestId = { type: 'string', format: 'uuid', description: 'Finds the line in the log of the function.' }

const functionError: JsonSchema = {
  title: 'Error',
  type: 'object',
  description: 'An error of a function.',
  required: ['message', 'requestId'],
  properties: {
    message: { type: 'string', description: 'For people: what is wrong, and often what to do.' },
    errors: {
      type: 'array',
      description: 'With a 422: every problem of the request at once.',
      minItems: 1,
      items: {
        title: 'FieldError',
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: { type: 'string', description: 'Name of a field, a parameter or, in lower case, a header; or `body`.' },
          message: { type: 'string' },
        },
      },
    },
    requestId,
  },
}

const gatewayError: JsonSchema = {
  title: 'GatewayError',
  type: 'object',
  description: 'An error of API Gateway, which writes `Message` where a policy denies access; or of a function.',
  properties: { message: { type: ['string', 'null'] }, requestId },
  additionalProperties: true,
}

interface ErrorAnswer {
  readonly by: 'function' | 'gateway' | 'either'
  readonly description: string
  /** Whether the gateway has no JSON for it. */
  readonly plainText?: true
}

const errors: Readonly<Record<number, ErrorAnswer>> = {
  400: { by: 'gateway', description: 'Malformed HTTP.' },
  401: { by: 'gateway', description: 'The token is missing or not valid.' },
  403: { by: 'gateway', description: 'The caller may not do this, or the path does not exist: the two look the same.' },
  404: { by: 'function', description: 'What the request names does not exist.' },
  408: { by: 'gateway', description: 'The request did not come to its end.' },
  409: { by: 'function', description: 'The request contradicts what is stored.' },
  413: {
    by: 'either',
    description: 'Over the limit in `message`, or over 10 MB: then in plain text.',
    plainText: true,
  },
  414: { by: 'gateway', description: 'A request line over 10,240 bytes.', plainText: true },
  415: { by: 'function', description: 'The body has another media type, or another charset than UTF-8.' },
  422: { by: 'function', description: 'The request is malformed, or a value is not allowed. Nothing was changed.' },
  429: { by: 'gateway', description: 'Over `THROTTLE_RATE` or `THROTTLE_BURST`.' },
  431: { by: 'gateway', description: 'Headers over 10,240 bytes in all.', plainText: true },
  500: { by: 'either', description: 'A fault of the service. The log line with the `requestId` names its cause.' },
  502: { by: 'gateway', description: 'The function ended without an answer.' },
  503: { by: 'function', description: 'A service behind the function fails or is overloaded: wait for `Retry-After`.' },
  504: { by: 'either', description: 'It took too long. Whether something was changed is not known.' },
}

/** Statuses that any request may get, whatever its route. */
export const ANYWHERE = [400, 403, 408, 413, 414, 429, 431, 500, 502, 503, 504]

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
  'Retry-After': {
    required,
    description: 'Seconds to wait.',
    schema: { type: 'integer', format: 'int32', minimum: 1 },
  },
}

const ALWAYS = ['x-amzn-RequestId', 'x-amz-apigw-id', 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']
const OF_FUNCTIONS = [...ALWAYS, 'X-Amzn-Trace-Id', 'Cache-Control', 'X-Content-Type-Options', 'Vary']
const OF_GATEWAY = [...ALWAYS, 'x-amzn-ErrorType']

const headersOf = (names: Iterable<string>, components: Components) =>
  Object.fromEntries(
    Array.from(names, (name) => [
      name,
      share(components, 'headers', name, headers[name] ?? text('Of this operation.')),
    ]),
  )

/** An answer of a function that is no error, without its content. */
export const success = (status: string, names: readonly string[] = [], components: Components) => ({
  description: STATUS_CODES[status] ?? status,
  headers: headersOf([...OF_FUNCTIONS, ...names], components),
})

/** An answer that is an error, as a component. */
export function failure(status: number, components: Components) {
  const { by, description, plainText } = errors[status] as ErrorAnswer
  const names = [
    ...(by === 'gateway' ? [] : OF_FUNCTIONS),
    ...(by === 'function' ? [] : OF_GATEWAY),
    ...(status === 503 ? ['Retry-After'] : []),
  ]
  const json = by === 'function' ? functionError : gatewayError
  return share(components, 'responses', STATUS_CODES[status]?.replaceAll(' ', '') ?? '', {
    description,
    headers: headersOf(new Set(names), components),
    content: {
      ...((by === 'either' || !plainText) && { 'application/json': { schema: lifted(json, components) } }),
      ...(plainText && { 'text/plain': { schema: { type: 'string' } } }),
    },
  })
}
