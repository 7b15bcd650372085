import type { JsonSchema } from './json-schema.ts'

const text = (description: string, more: JsonSchema = {}) => ({ description, schema: { type: 'string', ...more } })

/** Headers of answers. */
export const headers = {
  'x-amzn-RequestId': { required: true, ...text('Names the request in the log of the gateway.', { format: 'uuid' }) },
  'x-amz-apigw-id': text('The same, as API Gateway’s support asks for it.'),
  'X-Amzn-Trace-Id': text('The X-Ray trace that the request belongs to.'),
  'x-amzn-ErrorType': text('What API Gateway calls an error of its own.'),
  'Access-Control-Allow-Origin': {
    required: true,
    ...text('`CORS_ORIGIN`: whose pages may read the answer.', { examples: ['*'] }),
  },
  'Access-Control-Expose-Headers': text('Headers that pages may read.'),
  'Cache-Control': text('No answer is kept.', { const: 'no-store' }),
  'X-Content-Type-Options': text('The body is what its type says.', { const: 'nosniff' }),
  Vary: text('Where `CORS_ORIGIN` is one origin.', { const: 'Origin' }),
  Location: {
    required: true,
    ...text('Path of what was created.', { format: 'uri-reference', examples: ['/default/rds/1'] }),
  },
  'Retry-After': {
    required: true,
    description: 'Seconds after which the same request may be sent again.',
    schema: { type: 'integer', minimum: 1, examples: [1] },
  },
  Allow: { required: true, ...text('The methods that the resource has.', { examples: ['GET, POST'] }) },
}

export type HeaderName = keyof typeof headers

const ALWAYS: readonly HeaderName[] = [
  'x-amzn-RequestId',
  'x-amz-apigw-id',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
]
/** Of answers that a function gave. */
export const OF_FUNCTIONS: readonly HeaderName[] = [
  ...ALWAYS,
  'X-Amzn-Trace-Id',
  'Cache-Control',
  'X-Content-Type-Options',
  'Vary',
]
/** Of answers of the gateway's own. */
export const OF_GATEWAY: readonly HeaderName[] = [...ALWAYS, 'x-amzn-ErrorType']
