import type { HeaderName } from './headers.ts'
import type { JsonSchema } from './json-schema.ts'

/** Schemas of errors. */
export const errorSchemas = {
  Error: {
    type: 'object',
    description: 'An error that a function tells.',
    required: ['message', 'requestId'],
    properties: {
      message: { type: 'string', description: 'For people; what is wrong, and often what to do.' },
      errors: {
        type: 'array',
        description: 'With a 422: every problem of the request at once.',
        minItems: 1,
        items: { $ref: '#/components/schemas/FieldError' },
      },
      requestId: { type: 'string', format: 'uuid', description: 'Finds the line in the log of the function.' },
    },
  },
  FieldError: {
    type: 'object',
    required: ['path', 'message'],
    properties: {
      path: { type: 'string', description: 'A field’s name, a parameter’s, a header’s in lower case, or `body`.' },
      message: { type: 'string' },
    },
  },
  GatewayError: {
    type: 'object',
    description: 'An error of API Gateway’s own. Some of them have a capital letter.',
    properties: { message: { type: ['string', 'null'] }, Message: { type: 'string' } },
    minProperties: 1,
    maxProperties: 1,
  },
} satisfies Record<string, JsonSchema>

type Teller = 'function' | 'gateway' | 'either'

/** An answer that is an error, and who gives it. */
export interface ErrorAnswer {
  readonly name: string
  readonly status: number
  readonly teller: Teller
  readonly description: string
  readonly headers?: readonly HeaderName[]
  readonly plainText?: boolean
  readonly message: string | null
}

/** Every answer that is an error, by the name of its component. */
export const errors: readonly ErrorAnswer[] = [
  {
    name: 'BadRequest',
    status: 400,
    teller: 'gateway',
    description: 'Not HTTP as it should be.',
    message: 'Bad Request',
  },
  {
    name: 'Unauthorized',
    status: 401,
    teller: 'gateway',
    description: 'No token, or one that is not good.',
    message: 'Unauthorized',
  },
  {
    name: 'Forbidden',
    status: 403,
    teller: 'gateway',
    description: 'The caller may not do this, or there is no such path: the two look the same.',
    message: 'Missing Authentication Token',
  },
  {
    name: 'NotFound',
    status: 404,
    teller: 'function',
    description: 'What the request names does not exist.',
    message: 'There is no user 404',
  },
  {
    name: 'MethodNotAllowed',
    status: 405,
    teller: 'function',
    description: 'The path has no such method; `Allow` says which it has.',
    headers: ['Allow'],
    message: 'Method not allowed: use GET or POST',
  },
  {
    name: 'RequestTimeout',
    status: 408,
    teller: 'gateway',
    description: 'The request did not come to its end.',
    message: 'Request Timeout',
  },
  {
    name: 'PayloadTooLarge',
    status: 413,
    teller: 'either',
    description:
      'More than one request carries: a file over 4,500,000 bytes (the function says where to send it), JSON over 1,000,000 bytes, an invocation over 6 MB (Lambda), or a request over 10 MB (API Gateway, in plain text).',
    plainText: true,
    message:
      'The file is too large: one request carries 4500000 bytes; for more, ask POST /s3/uploads where to send it',
  },
  {
    name: 'UriTooLong',
    status: 414,
    teller: 'gateway',
    description: 'A request line over 10,240 bytes.',
    plainText: true,
    message: 'An HTTP line is larger than 10240 bytes.',
  },
  {
    name: 'UnsupportedMediaType',
    status: 415,
    teller: 'function',
    description: 'The body has another media type, or is in another charset than UTF-8.',
    message: 'Unsupported media type: send application/json',
  },
  {
    name: 'InvalidInput',
    status: 422,
    teller: 'function',
    description: 'The request is malformed, or a value in it is not allowed. Nothing was changed.',
    message: 'Invalid request: name is required',
  },
  {
    name: 'TooManyRequests',
    status: 429,
    teller: 'gateway',
    description: 'Over `THROTTLE_RATE` or `THROTTLE_BURST`.',
    message: 'Too Many Requests',
  },
  {
    name: 'HeadersTooLarge',
    status: 431,
    teller: 'gateway',
    description: 'Headers over 10,240 bytes in all.',
    plainText: true,
    message: 'HTTP header is larger than 10240 bytes.',
  },
  {
    name: 'InternalError',
    status: 500,
    teller: 'either',
    description:
      'A fault of the service. The answer says nothing but its `requestId`; the log line of that id says the rest.',
    message: 'Internal Server Error',
  },
  {
    name: 'BadGateway',
    status: 502,
    teller: 'gateway',
    description: 'The function ended without an answer.',
    message: 'Internal server error',
  },
  {
    name: 'Unavailable',
    status: 503,
    teller: 'function',
    description: 'MySQL or S3 cannot be reached or is overloaded. The same request may succeed after `Retry-After`.',
    headers: ['Retry-After'],
    message: 'Could not connect to MySQL database',
  },
  {
    name: 'Timeout',
    status: 504,
    teller: 'either',
    description: 'It took too long. Whether something was changed is not known.',
    message: 'The request took too long',
  },
]
