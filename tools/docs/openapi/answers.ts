import { STATUS_CODES } from 'node:http'
import { type Components, share } from './components.ts'
import type { JsonSchema } from './json-schema.ts'

const text = (description: string, more: JsonSchema = {}) => ({ type: 'string', description, ...more })
const object = (properties: object, more: JsonSchema = {}) => ({ type: 'object', properties, ...more })

const FIELD_ERROR = object(
  { path: text('Field, parameter, header in lower case, or `body`.'), message: text('What is wrong with it.') },
  { required: ['path', 'message'] },
)

/** One for all errors: several clients know only one. API Gateway leaves out all but `message`, and that too where a policy denies access. */
const errorBody = (components: Components) =>
  object({
    message: text('For people: what is wrong, and often what to do.', { nullable: true }),
    errors: {
      type: 'array',
      description: 'With a 422: every problem at once.',
      items: share(components, 'schemas', 'FieldError', FIELD_ERROR),
    },
    requestId: text('Finds the line in the log of the function. API Gateway has none.', { format: 'uuid' }),
  })

const ALWAYS = ['x-amzn-RequestId', 'x-amz-apigw-id', 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']
const FUNCTION = [...ALWAYS, 'X-Amzn-Trace-Id', 'Cache-Control', 'X-Content-Type-Options', 'Vary']
const GATEWAY = [...ALWAYS, 'x-amzn-ErrorType']
const EITHER = [...FUNCTION, 'x-amzn-ErrorType']

/** Errors by their status: the headers of whoever gives one, and when. */
const errors: Readonly<Record<number | 'default', readonly [headers: readonly string[], when: string]>> = {
  401: [GATEWAY, 'The token is missing or not valid.'],
  403: [GATEWAY, 'The caller may not do this, or the path does not exist: the two look the same.'],
  404: [FUNCTION, 'What the request names does not exist.'],
  409: [FUNCTION, 'The request contradicts what is stored.'],
  413: [EITHER, 'Over the limit in `message`; over 10 MB, in plain text.'],
  415: [FUNCTION, 'The body has another media type, or another charset than UTF-8.'],
  422: [FUNCTION, 'The request is malformed, or a value is not allowed. Nothing was changed.'],
  429: [GATEWAY, 'Over `THROTTLE_RATE` or `THROTTLE_BURST`.'],
  500: [EITHER, 'A fault of the service. The log line with the `requestId` names its cause.'],
  502: [GATEWAY, 'The function ended without an answer.'],
  503: [[...FUNCTION, 'Retry-After'], 'A service behind the function fails or is overloaded: wait for `Retry-After`.'],
  504: [EITHER, 'It took too long. Whether something was changed is not known.'],
  default: [
    GATEWAY,
    'HTTP that API Gateway refuses: malformed (400), not sent to its end (408); in plain text, a request line (414) or headers (431) over 10,240 bytes.',
  ],
}

/** Statuses that any request may get, whatever its route. */
export const ANYWHERE = [403, 413, 429, 500, 502, 503, 504, 'default'] as const

const header = (description: string, more: JsonSchema = {}) => ({ description, schema: { type: 'string', ...more } })
const required = true

const headers: Readonly<Record<string, object>> = {
  'x-amzn-RequestId': { required, ...header('Names the request in the log of the gateway.', { format: 'uuid' }) },
  'x-amz-apigw-id': header('The same, for the support of API Gateway.'),
  'X-Amzn-Trace-Id': header('The X-Ray trace of the request.'),
  'x-amzn-ErrorType': header('Kind of an error of API Gateway.'),
  'Access-Control-Allow-Origin': { required, ...header('`CORS_ORIGIN`: whose pages may read the answer.') },
  'Access-Control-Expose-Headers': header('Headers that pages may read.'),
  'Cache-Control': header('No answer is kept.', { enum: ['no-store'] }),
  'X-Content-Type-Options': header('The body is what its type says.', { enum: ['nosniff'] }),
  Vary: header('Where `CORS_ORIGIN` is one origin.', { enum: ['Origin'] }),
  Location: { required, ...header('Path of what was created.', { format: 'uri-reference' }) },
  'Retry-After': { required, description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
}

function headersOf(names: readonly string[], components: Components) {
  const part = (name: string) => share(components, 'headers', name, headers[name] ?? header('Of this operation.'))
  return Object.fromEntries(names.map((name) => [name, part(name)]))
}

/** An answer of a function that is no error, without its content. @param names of its own headers. */
export const success = (status: string, names: readonly string[] = [], components: Components) => ({
  description: STATUS_CODES[status] ?? status,
  headers: headersOf([...FUNCTION, ...names], components),
})

/** An answer that is an error, as a component. */
export function failure(status: number | 'default', components: Components) {
  const [names, description] = errors[status as number] ?? [FUNCTION, `${STATUS_CODES[status]}.`]
  const schema = share(components, 'schemas', 'ErrorBody', errorBody(components))
  const content = {
    'application/json': { schema },
    ...((status === 413 || status === 'default') && { 'text/plain': { schema: { type: 'string' } } }),
  }
  const name = STATUS_CODES[status]?.replaceAll(' ', '') ?? 'OtherError'
  return share(components, 'responses', name, { description, headers: headersOf(names, components), content })
}
