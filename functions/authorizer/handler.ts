import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda'
import type { JWTPayload } from 'jose'
import { readEnvironment } from '../http/read-environment.ts'
import { createLog } from '../http/request-log.ts'
import { IssuerError } from './discovery.ts'
import { authorizerEnvironmentSchema } from './environment.ts'
import { trustIssuer } from './issuer.ts'

const environment = readEnvironment(authorizerEnvironmentSchema)
/** Never the token itself: who reads the log could use it. */
const log = createLog(environment.LOG_LEVEL)
const verifyToken = trustIssuer(environment.JWT_ISSUER, environment.JWT_AUDIENCE)

/**
 * Lambda authorizer of type TOKEN: lets the bearer of a valid token call the API, each method of it.
 * Another token is a 401, one without the wanted scope a 403; while the issuer cannot be asked, a 500 and never a yes.
 */
export async function handler({
  authorizationToken,
  methodArn,
}: Pick<APIGatewayTokenAuthorizerEvent, 'authorizationToken' | 'methodArn'>): Promise<APIGatewayAuthorizerResult> {
  const claims = await verify(authorizationToken)
  const granted = scopesOf(claims)
  const allowed = environment.JWT_SCOPES?.some((scope) => granted.includes(scope)) ?? true
  log('info', allowed ? 'token accepted' : 'token has none of the scopes', { subject: claims.sub, allowed })
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
 * The subject, percent-encoded where it holds quotes, controls or other characters beyond plain ASCII: API Gateway writes it into the
 * access log's JSON as it is. Different subjects stay different.
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
      throw new Error('The issuer of tokens cannot be asked', { cause: error })
    }
    log('warn', 'token refused', { reason: message.slice(0, 300) })
    // Exactly this text makes API Gateway answer 401.
    throw new Error('Unauthorized')
  }
}

/** `scope` as RFC 9068 has it, or `scp` as Microsoft Entra (text) and Okta (list) write it. */
const scopesOf = ({ scope, scp }: JWTPayload): string[] =>
  [scope, scp].flat().flatMap((value) => (typeof value === 'string' ? value.split(' ').filter(Boolean) : []))

/** API Gateway keeps the answer for this token, whatever it calls next: for the method of this call alone the next one would get a 403. */
const wholeStage = (methodArn: string): string => `${methodArn.split('/').slice(0, 2).join('/')}/*`
