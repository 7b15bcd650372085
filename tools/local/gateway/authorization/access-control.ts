import { ACCOUNT_ID, type Credentials, REGION } from '../../sigv4.ts'
import type { GatewayError } from '../gateway-response.ts'
import { apiId, type Caller, type Incoming } from '../proxy-event.ts'
import type { Route } from '../route-matching.ts'
import { checkSignature } from './iam-signature.ts'
import { askAuthorizer, type Invoke, type KnownTokens } from './lambda-authorizer.ts'

/** The API key that the local gateway accepts by default. */
export const LOCAL_API_KEY = 'local'

/** Secrets of callers. */
export interface AccessKeys {
  readonly apiKey: string
  /** Credentials of the one caller that AWS_IAM knows here. */
  readonly credentials: Credentials
}

const USER_ARN = `arn:aws:iam::${ACCOUNT_ID}:user/local`

/** Enforces authorization: who calls, or why they may not. */
export type AccessControl = (incoming: Incoming, route: Route, invoke: Invoke) => Promise<Caller | GatewayError>

export function accessControl({ apiKey, credentials }: AccessKeys): AccessControl {
  const known: KnownTokens = new Map()
  return async ({ request, target, body }, { api, method: { access } }, invoke) => {
    const { headers, method = '' } = request
    switch (access?.type) {
      case undefined:
        return {}
      case 'api-key':
        return headers['x-api-key'] === apiKey ? { identity: { apiKey, apiKeyId: 'local' } } : 'forbidden'
      case 'iam': {
        const signed = { method, path: target.contextPath, query: new URLSearchParams(target.query), headers }
        const { accessKeyId: accessKey } = credentials
        const identity = { accessKey, accountId: ACCOUNT_ID, caller: accessKey, user: accessKey, userArn: USER_ARN }
        return checkSignature(signed, body, credentials) ?? { identity }
      }
      case 'authorizer': {
        const apiArn = `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${apiId(api.name)}`
        const methodArn = `${apiArn}/${api.stage}/${method}${target.path}`
        const result = await askAuthorizer(access, headers.authorization, methodArn, invoke, known)
        return typeof result === 'string'
          ? result
          : { authorizer: { ...result.context, principalId: result.principalId } }
      }
    }
  }
}
