import { STATUS_CODES } from 'node:http'
import { type Components, share } from './components.ts'
import type { JsonSchema } from './json-schema.ts'

const text = (description: string, more: JsonSchema = {}) => ({ type: 'string', description, ...more })
const object = (properties: object, more: JsonSchema = {}) => ({ type: 'object', properties, ...more })

const FIELD_ERROR = object(
  { path: text('Field, parameter, header in lower case, or `body`.'), message: text('Problem with its value.') },
  { required: ['path', 'message'] },
)

/** Schema of all errors, since several generators support only one. API Gateway sends only `message`; not even that if a policy denies access. */
const errorBody = (components: Components) =>
  object({
    message: text('Human-readable: the problem, and often the fix.', { nullable: true }),
    errors: {
      type: 'array',
      description: 'With a 422: all problems.',
      items: share(components, 'schemas', 'FieldError', FIELD_ERROR),
    },
    requestId: text('Id to find the log line of the function. Errors of API Gateway have none.', { format: 'uuid' }),
  })

const ALWAYS = ['x-amzn-RequestId', 'x-amz-apigw-id', 'Access-Control-Allow-Origin', 'Access-Control-Expose-Headers']
const FUNCTION = [...ALWAYS, 'X-Amzn-Trace-Id', 'Cache-Control', 'X-Content-Type-Options', 'Vary']
const GATEWAY = [...ALWAYS, 'x-amzn-ErrorType']
const EITHER = [...FUNCTION, 'x-amzn-ErrorType']

/** Errors by status: headers of the sender, and the cause. */
const errors: Readonly<Record<number | 'default', readonly [headers: readonly string[], when: string]>> = {
  401: [GATEWAY, 'The token is missing or not valid.'],
  403: [GATEWAY, 'The caller may not do this, or the path does not exist: the two look the same.'],
  404: [FUNCTION, 'The requested resource does not exist.'],
  409: [FUNCTION, 'The request conflicts with stored data.'],
  413: [EITHER, 'The body exceeds the limit in `message`; over 10 MB, the error is plain text.'],
  415: [FUNCTION, 'The body has the wrong media type, or a charset other than UTF-8.'],
  422: [FUNCTION, 'The request is malformed, or a value is not allowed. Nothing was changed.'],
  429: [GATEWAY, 'The rate exceeds `THROTTLE_RATE` or `THROTTLE_BURST`.'],
  500: [EITHER, 'A fault of the service. The log line with the `requestId` names its cause.'],
  502: [GATEWAY, 'The function ended without a response.'],
  503: [[...FUNCTION, 'Retry-After'], 'A service behind the function fails or is overloaded: wait for `Retry-After`.'],
  504: [EITHER, 'The request timed out. It may or may not have changed data.'],
  default: [
    GATEWAY,
    'Refused by API Gateway: malformed HTTP (400), an incomplete request (408); in plain text, a request line (414) or headers (431) over 10,240 bytes.',
  ],
}

/** Error statuses of every route. */
export const ANYWHERE = [403, 413, 429, 500, 502, 503, 504, 'default'] as const

const header = (description: string, more: JsonSchema = {}) => ({ description, schema: { type: 'string', ...more } })
const required = true

const headers: Readonly<Record<string, object>> = {
  'x-amzn-RequestId': { required, ...header('Id of the request in the log of the gateway.', { format: 'uuid' }) },
  'x-amz-apigw-id': header('Id of the request for AWS support.'),
  'X-Amzn-Trace-Id': header('The X-Ray trace of the request.'),
  'x-amzn-ErrorType': header('Type of an API Gateway error.'),
  'Access-Control-Allow-Origin': { required, ...header('`CORS_ORIGIN`: origins that may read the response.') },
  'Access-Control-Expose-Headers': header('Headers that pages may read.'),
  'Cache-Control': header('Responses are not cached.', { enum: ['no-store'] }),
  'X-Content-Type-Options': header('Browsers must not guess the media type.', { enum: ['nosniff'] }),
  Vary: header('Present if `CORS_ORIGIN` is one origin.', { enum: ['Origin'] }),
  Location: { required, ...header('Path of the created resource.', { format: 'uri-reference' }) },
  'Retry-After': { required, description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
}

function headersOf(names: readonly string[], components: Components) {
  const part = (name: string) => share(components, 'headers', name, headers[name] ?? header('Operation-specific.'))
  return Object.fromEntries(names.map((name) => [name, part(name)]))
}

/** Describes a success response, without its content. @param names its additional headers. */
export const success = (status: string, names: readonly string[] = [], components: Components) => ({
  description: STATUS_CODES[status] ?? status,
  headers: headersOf([...FUNCTION, ...names], components),
})

/** Describes an error response, as a component. */
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
