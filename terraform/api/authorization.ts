import { ApiGatewayAuthorizer } from '@cdktf/provider-aws/lib/api-gateway-authorizer/index.js'
import type { ApiGatewayMethodConfig } from '@cdktf/provider-aws/lib/api-gateway-method/index.js'
import type { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api/index.js'
import type { Construct } from 'constructs'
import type { ImageFunction } from '../lambda/image-function.ts'
import type { ServiceStack } from '../service-stack.ts'
import { AUTHORIZER } from './token-authorizer.ts'

/** Authorization settings of a method. */
export type Authorization = Pick<
  ApiGatewayMethodConfig,
  'authorization' | 'authorizerId' | 'authorizationScopes' | 'apiKeyRequired'
>

/** Seconds that API Gateway caches the authorizer's answer for a token, which stays usable that much longer. */
const RESULT_LIFETIME = 60

/** Any other Authorization header is a 401, without an invocation. */
const BEARER = '^[Bb]earer +[A-Za-z0-9._=-]+$'

/** Creates the authorizer that API_SECURITY requires, if any. @returns authorization settings of the API's methods. */
export function authorizationOf(scope: Construct, api: ApiGatewayRestApi, service: ServiceStack): Authorization {
  const { API_SECURITY, COGNITO_USER_POOL_ARN = '', COGNITO_SCOPES: authorizationScopes } = service.settings
  const common = { restApiId: api.id, identitySource: 'method.request.header.Authorization' }
  switch (API_SECURITY) {
    case 'open':
      return { authorization: 'NONE' }
    case 'iam':
      return { authorization: 'AWS_IAM' }
    case 'api-key':
      return { authorization: 'NONE', apiKeyRequired: true }
    case 'cognito': {
      const { id: authorizerId } = new ApiGatewayAuthorizer(scope, 'authorizer', {
        ...common,
        name: 'cognito',
        type: 'COGNITO_USER_POOLS',
        providerArns: [COGNITO_USER_POOL_ARN],
      })
      return { authorization: 'COGNITO_USER_POOLS', authorizerId, ...(authorizationScopes && { authorizationScopes }) }
    }
    case 'jwt': {
      const target = service.scopeOfFunctions.node.tryFindChild(AUTHORIZER) as ImageFunction | undefined
      if (target === undefined) {
        const advice =
          'needs a function that verifies tokens: export the handler of functions/authorizer in functions/<image>/index.authorize.ts, and declare tokenAuthorizer in terraform/service.ts'
        service.problems.add('API_SECURITY', advice)
        return { authorization: 'AWS_IAM' }
      }
      const authorizer = new ApiGatewayAuthorizer(scope, 'authorizer', {
        ...common,
        name: 'jwt',
        type: 'TOKEN',
        authorizerUri: target.invokeArn,
        identityValidationExpression: BEARER,
        authorizerResultTtlInSeconds: RESULT_LIFETIME,
      })
      target.allowGateway(scope, 'authorizer-permission', `${api.executionArn}/authorizers/${authorizer.id}`)
      return { authorization: 'CUSTOM', authorizerId: authorizer.id }
    }
  }
}
