import type { ApiWiring } from '../wiring/apis.ts'

/** An HTTP response. */
export interface Answer {
  readonly status: number
  /** Names may repeat. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

const DENIED = 'User is not authorized to access this resource'
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

const message = (text: string) => JSON.stringify({ message: text })

/** By name: status, `x-amzn-ErrorType` without its suffix, body, and the gateway response type unless it is a default. */
const ERRORS = {
  badRequest: [400, 'BadRequest', '{"message": "Bad Request"}'],
  noRoute: [403, 'MissingAuthenticationToken', message('Missing Authentication Token'), 'MISSING_AUTHENTICATION_TOKEN'],
  unauthorized: [401, 'Unauthorized', message('Unauthorized'), 'UNAUTHORIZED'],
  forbidden: [403, 'Forbidden', message('Forbidden'), 'INVALID_API_KEY'],
  // Only these two bodies spell `Message` with a capital letter.
  explicitlyDenied: [403, 'AccessDenied', `{"Message":"${DENIED} with an explicit deny"}`, 'ACCESS_DENIED'],
  notAllowed: [403, 'AccessDenied', `{"Message":"${DENIED}"}`, 'ACCESS_DENIED'],
  incompleteSignature: [
    403,
    'IncompleteSignature',
    message('Authorization header requires Credential, SignedHeaders, Signature, and X-Amz-Date.'),
  ],
  unknownAccessKey: [403, 'UnrecognizedClient', message('The security token included in the request is invalid.')],
  signatureExpired: [403, 'InvalidSignature', message('Signature expired'), 'INVALID_SIGNATURE'],
  invalidSignature: [403, 'InvalidSignature', message(MISMATCH), 'INVALID_SIGNATURE'],
  requestTimeout: [408, 'RequestTimeout', '{"message": "Request Timeout"}'],
  /** Over API Gateway's limit. */
  bodyTooLarge: [413, 'RequestEntityTooLarge', 'HTTP content length exceeded 10485760 bytes.', 'REQUEST_TOO_LARGE'],
  /** Over Lambda's limit. */
  eventTooLarge: [413, 'RequestEntityTooLarge', '{"message": "Request Too Long"}', 'REQUEST_TOO_LARGE'],
  targetTooLong: [414, 'BadRequest', 'An HTTP line is larger than 10240 bytes.'],
  throttled: [429, 'TooManyRequests', message('Too Many Requests'), 'THROTTLED'],
  headersTooLarge: [431, 'BadRequest', 'HTTP header is larger than 10240 bytes.'],
  internal: [500, 'InternalServerError', '{"message": "Internal server error"}'],
  authorizerFailed: [500, 'AuthorizerConfiguration', '{"message":null}', 'AUTHORIZER_CONFIGURATION_ERROR'],
  badIntegration: [502, 'InternalServerError', '{"message": "Internal server error"}'],
  timeout: [504, 'InternalServerError', '{"message": "Endpoint request timed out"}', 'INTEGRATION_TIMEOUT'],
} as const

export type GatewayErrorType = keyof typeof ERRORS

/** An error response from the gateway itself. */
export class GatewayError extends Error {
  readonly type: GatewayErrorType

  constructor(type: GatewayErrorType) {
    super(type)
    this.type = type
  }
}

/** Builds an error response with the headers of the API's gateway responses: its only source of CORS headers. */
export function errorAnswer(error: GatewayErrorType, api?: ApiWiring): Answer {
  const [status, errorType, body, type = ''] = ERRORS[error]
  const responses = api?.gatewayResponseHeaders ?? {}
  const added = responses[type] ?? responses[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'] ?? {}
  return {
    status,
    headers: [
      ['Content-Type', body.startsWith('{') ? 'application/json' : 'text/plain'],
      ['x-amzn-ErrorType', `${errorType}Exception`],
      ...Object.entries(added),
    ],
    body: Buffer.from(body),
  }
}
