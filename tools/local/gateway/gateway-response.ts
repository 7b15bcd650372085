import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { ApiWiring } from '../wiring/apis.ts'

/** An HTTP answer. */
export interface Answer {
  readonly status: number
  /** A name may come more than once. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** Answers of the gateway's own: gateway response type, status, `x-amzn-ErrorType`, body. */
const ERRORS = {
  badRequest: ['DEFAULT_4XX', 400, 'BadRequestException', '{"message": "Bad Request"}'],
  noRoute: [
    'MISSING_AUTHENTICATION_TOKEN',
    403,
    'MissingAuthenticationTokenException',
    '{"message":"Missing Authentication Token"}',
  ],
  unauthorized: ['UNAUTHORIZED', 401, 'UnauthorizedException', '{"message":"Unauthorized"}'],
  forbidden: ['INVALID_API_KEY', 403, 'ForbiddenException', '{"message":"Forbidden"}'],
  // These two have a capital letter, and the others none.
  explicitlyDenied: [
    'ACCESS_DENIED',
    403,
    'AccessDeniedException',
    '{"Message":"User is not authorized to access this resource with an explicit deny"}',
  ],
  notAllowed: [
    'ACCESS_DENIED',
    403,
    'AccessDeniedException',
    '{"Message":"User is not authorized to access this resource"}',
  ],
  incompleteSignature: [
    'DEFAULT_4XX',
    403,
    'IncompleteSignatureException',
    '{"message":"Authorization header requires Credential, SignedHeaders, Signature, and X-Amz-Date."}',
  ],
  unknownAccessKey: [
    'DEFAULT_4XX',
    403,
    'UnrecognizedClientException',
    '{"message":"The security token included in the request is invalid."}',
  ],
  signatureExpired: ['INVALID_SIGNATURE', 403, 'InvalidSignatureException', '{"message":"Signature expired"}'],
  invalidSignature: [
    'INVALID_SIGNATURE',
    403,
    'InvalidSignatureException',
    '{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}',
  ],
  requestTimeout: ['DEFAULT_4XX', 408, 'RequestTimeoutException', '{"message": "Request Timeout"}'],
  /** Over API Gateway's limit. */
  bodyTooLarge: [
    'REQUEST_TOO_LARGE',
    413,
    'RequestEntityTooLargeException',
    'HTTP content length exceeded 10485760 bytes.',
  ],
  /** Over Lambda's limit. */
  eventTooLarge: ['REQUEST_TOO_LARGE', 413, 'RequestEntityTooLargeException', '{"message": "Request Too Long"}'],
  targetTooLong: ['DEFAULT_4XX', 414, 'BadRequestException', 'An HTTP line is larger than 10240 bytes.'],
  headersTooLarge: ['DEFAULT_4XX', 431, 'BadRequestException', 'HTTP header is larger than 10240 bytes.'],
  throttled: ['THROTTLED', 429, 'TooManyRequestsException', '{"message":"Too Many Requests"}'],
  internal: ['DEFAULT_5XX', 500, 'InternalServerErrorException', '{"message": "Internal server error"}'],
  authorizerFailed: ['AUTHORIZER_CONFIGURATION_ERROR', 500, 'AuthorizerConfigurationException', '{"message":null}'],
  badIntegration: ['DEFAULT_5XX', 502, 'InternalServerErrorException', '{"message": "Internal server error"}'],
  timeout: ['INTEGRATION_TIMEOUT', 504, 'InternalServerErrorException', '{"message": "Endpoint request timed out"}'],
} as const

export type GatewayError = keyof typeof ERRORS

/** An error answer of the gateway's own, with the headers that the API's gateway responses add; CORS headers come from nowhere else. */
export function errorAnswer(error: GatewayError, api: ApiWiring | undefined): Answer {
  const [type, status, errorType, body] = ERRORS[error]
  const responses = api?.gatewayResponseHeaders ?? {}
  const added = responses[type] ?? responses[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'] ?? {}
  return {
    status,
    headers: [
      ['Content-Type', body.startsWith('{') ? 'application/json' : 'text/plain'],
      ['x-amzn-ErrorType', errorType],
      ...Object.entries(added),
    ],
    body: Buffer.from(body),
  }
}

/** Whether HTTP allows these headers; Node.js throws on others. */
export function areSendable(headers: Answer['headers']): boolean {
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    }
    return true
  } catch {
    return false
  }
}
