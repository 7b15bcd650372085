import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda'
import type { JWTPayload } from 'jose'
import { readEnvironment } from '../http/read-environment.ts'
import { createLog } from '../http/request-log.ts'
import { IssuerError } from './discovery.ts'
import { authorizerEnvironmentSchema } from './environment.ts'
import { trustIssuer } from './issuer.ts'

const environment = readEnvironment(authorizerEnvironmentSchema)
/** Must not receive the token: a reader of the log could use it. */
const log = createLog(environment.LOG_LEVEL)
const verifyToken = trustIssuer(environment.JWT_ISSUER, environment.JWT_AUDIENCE)

/**
 * Lambda authorizer of type TOKEN: the bearer of a valid token may call every method of the API.
 * An invalid token is a 401, one without a required scope a 403. If the issuer fails, the answer is a 500, never an Allow.
 */
export async function handler({
  authorizationToken,
  methodArn,
}: Pick<APIGatewayTokenAuthorizerEvent, 'authorizationToken' | 'methodArn'>): Promise<APIGatewayAuthorizerResult> {
  const claims = await verify(authorizationToken)
  const granted = scopesOf(claims)
  const allowed = environment.JWT_SCOPES?.some((scope) => granted.includes(scope)) ?? true
  log('info', allowed ? 'token accepted' : 'token lacks a required scope', { subject: claims.sub, allowed })
  return {
    principalId: principalOf(claims),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: allowed ? 'Allow' : 'Deny', Resource: wholeStage(methodArn) },
      ],
    },
    // Becomes `requestContext.authorizer` of the functions' events.
    context: { scope: granted.join(' ') },
  }
}

/**
 * The subject, with quotes, control characters and non-ASCII percent-encoded: API Gateway writes it unescaped into the access log's JSON.
 * Different subjects stay different.
 */
const principalOf = ({ sub = 'unknown' }: JWTPayload): string =>
  sub.toWellFormed().replaceAll(/[^\x21\x23\x24\x26-\x5b\x5d-\x7e]/gu, encodeURIComponent)

async function verify(authorization: string): Promise<JWTPayload> {
  try {
    return await verifyToken(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '')
  } catch (error) {
    const { message } = error as Error
    if (error instanceof IssuerError) {
      log('error', 'the issuer failed', { error: message })
      throw new Error('The token issuer failed', { cause: error })
    }
    log('warn', 'token refused', { reason: message.slice(0, 300) })
    // Exactly this text makes API Gateway answer 401.
    throw new Error('Unauthorized')
  }
}

/** Scopes in `scope` (RFC 9068), or in `scp`: text from Microsoft Entra, a list from Okta. */
const scopesOf = ({ scope, scp }: JWTPayload): string[] =>
  [scope, scp].flat().flatMap((value) => (typeof value === 'string' ? value.split(' ').filter(Boolean) : []))

/** API Gateway caches the policy per token: a policy for this method alone would deny later calls to other methods. */
const wholeStage = (methodArn: string): string => `${methodArn.split('/').slice(0, 2).join('/')}/*`
