import { ACCOUNT_ID, type Credentials, REGION } from '../../sigv4.ts'
import { GatewayError } from '../gateway-response.ts'
import { apiId, type Caller, type Incoming } from '../proxy-event.ts'
import type { Route } from '../route-matching.ts'
import { checkSignature } from './iam-signature.ts'
import { type Invoke, lambdaAuthorizer } from './lambda-authorizer.ts'

/** The API key that the local gateway accepts by default. */
export const LOCAL_API_KEY = 'local'

/** Secrets that authenticate callers. */
export interface AccessKeys {
  readonly apiKey: string
  /** Credentials of the only local IAM user. */
  readonly credentials: Credentials
}

const USER_ARN = `arn:aws:iam::${ACCOUNT_ID}:user/local`

export type AccessControl = ReturnType<typeof accessControl>

/** Authorizes requests and identifies callers. @throws GatewayError if a caller is refused. */
export function accessControl({ apiKey, credentials }: AccessKeys) {
  const authorize = lambdaAuthorizer()
  return async (incoming: Incoming, { api, method: { access } }: Route, invoke: Invoke): Promise<Caller> => {
    const { request, target, body } = incoming
    const { headers, method = '' } = request
    switch (access?.type) {
      case undefined:
        return {}
      case 'api-key':
        if (headers['x-api-key'] !== apiKey) throw new GatewayError('forbidden')
        return { identity: { apiKey, apiKeyId: 'local' } }
      case 'iam': {
        const signed = { method, path: target.contextPath, query: new URLSearchParams(target.query), headers }
        const error = checkSignature(signed, body, credentials)
        if (error) throw new GatewayError(error)
        const { accessKeyId: accessKey } = credentials
        return { identity: { accessKey, accountId: ACCOUNT_ID, caller: accessKey, user: accessKey, userArn: USER_ARN } }
      }
      case 'authorizer': {
        const apiArn = `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${apiId(api.name)}`
        const methodArn = `${apiArn}/${api.stage}/${method}${target.path}`
        const { context, principalId } = await authorize(access, headers.authorization, methodArn, invoke)
        return { authorizer: { ...context, principalId } }
      }
    }
  }
}
