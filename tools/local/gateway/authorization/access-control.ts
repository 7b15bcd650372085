import type { IncomingMessage } from 'node:http'
import type { InvocationResult } from '../../lambda/invocation.ts'
import { ACCOUNT_ID, type Credentials } from '../../sigv4.ts'
import type { GatewayError } from '../gateway-response.ts'
import type { Route, Target } from '../route-matching.ts'
import { checkSignature } from './iam-signature.ts'
import { Authorizers, type TokenEvent } from './lambda-authorizer.ts'
import { Throttle } from './throttle.ts'

/** The API key that the local gateway accepts by default. */
export const LOCAL_API_KEY = 'local'

/** Secrets of callers. */
export interface AccessKeys {
  readonly apiKey: string
  /** Credentials of the one caller that AWS_IAM knows here. */
  readonly credentials: Credentials
}

/** The part of `requestContext` that is about the caller. */
export interface Caller {
  readonly identity?: Readonly<Record<string, string>>
  readonly authorizer?: Readonly<Record<string, string | number | boolean>>
}

export interface AccessRequest {
  readonly route: Route
  readonly target: Target
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly methodArn: string
  invoke(functionName: string, event: TokenEvent): Promise<InvocationResult>
}

/** Enforces authorization and throttling. */
export class AccessControl {
  readonly #keys: AccessKeys
  readonly #authorizers = new Authorizers()
  readonly #throttle: Throttle | undefined

  /** @param throttled whether the stages' limits by the second are kept. */
  constructor(keys: AccessKeys, throttled = false) {
    this.#keys = keys
    this.#throttle = throttled ? new Throttle() : undefined
  }

  async check(request: AccessRequest): Promise<Caller | GatewayError> {
    const caller = await this.#identify(request)
    const { api, method } = request.route
    // The usage plan of the one key has the limits of a stage, and counts all APIs together.
    const bucket = method.access?.type === 'api-key' ? 'usage plan' : `${api.name}/${api.stage}`
    const passes = typeof caller === 'string' || (this.#throttle?.take(bucket, api) ?? true)
    return passes ? caller : 'throttled'
  }

  async #identify({ route, target, request, body, methodArn, invoke }: AccessRequest): Promise<Caller | GatewayError> {
    const { access } = route.method
    const { headers, method = '' } = request
    const { apiKey, credentials } = this.#keys
    switch (access?.type) {
      case undefined:
        return {}
      case 'api-key':
        return headers['x-api-key'] === apiKey ? { identity: { apiKey, apiKeyId: 'local' } } : 'forbidden'
      case 'authorizer': {
        const result = await this.#authorizers.ask(route.api.name, access, headers.authorization, methodArn, invoke)
        return typeof result === 'string'
          ? result
          : { authorizer: { ...result.context, principalId: result.principalId } }
      }
      case 'iam': {
        const signed = { method, path: target.contextPath, query: new URLSearchParams(target.query), headers }
        return checkSignature(signed, body, credentials) ?? { identity: iamIdentity(credentials) }
      }
    }
  }
}

function iamIdentity({ accessKeyId }: Credentials): Record<string, string> {
  const userArn = `arn:aws:iam::${ACCOUNT_ID}:user/local`
  return { accessKey: accessKeyId, accountId: ACCOUNT_ID, caller: accessKeyId, user: accessKeyId, userArn }
}
