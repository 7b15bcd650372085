import { ApiGatewayAuthorizer } from '@cdktf/provider-aws/lib/api-gateway-authorizer/index.js'
import type { ApiGatewayMethodConfig } from '@cdktf/provider-aws/lib/api-gateway-method/index.js'
import type { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api/index.js'
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js'
import type { Construct } from 'constructs'
import type { ImageFunction } from './image-function.ts'
import type { Settings } from './settings.ts'

/** Who gets into an API: see API_SECURITY. */
export type ApiAccess =
  | { readonly type: 'open' | 'iam' | 'api-key' }
  | { readonly type: 'cognito'; readonly userPoolArn: string; readonly scopes: readonly string[] | undefined }
  | { readonly type: 'jwt'; readonly authorizer: ImageFunction }

/** What a method asks of its callers. */
export type MethodAccess = Pick<
  ApiGatewayMethodConfig,
  'authorization' | 'authorizerId' | 'authorizationScopes' | 'apiKeyRequired'
>

/** Seconds that API Gateway keeps an answer of the authorizer, by token: so much longer may a token be good for. */
const RESULT_LIFETIME = 60

/** Anything else in Authorization is a 401 that starts no function. */
const BEARER = '^[Bb]earer +[A-Za-z0-9._=-]+$'

/** What the settings say, on which every setting that it takes has been checked. */
export function apiAccess(settings: Settings, authorizer: ImageFunction | undefined): ApiAccess {
  const { API_SECURITY: type, COGNITO_USER_POOL_ARN: userPoolArn = '', COGNITO_SCOPES: scopes } = settings
  if (type === 'cognito') return { type, userPoolArn, scopes }
  if (type !== 'jwt') return { type }
  // Wrong settings end the synthesis later, with every problem told; until then nothing may be left open.
  return authorizer ? { type, authorizer } : { type: 'iam' }
}

/** Makes what an API needs to ask for it, and says what its methods have to ask. */
export function methodAccess(scope: Construct, api: ApiGatewayRestApi, access: ApiAccess): MethodAccess {
  const common = { restApiId: api.id, identitySource: 'method.request.header.Authorization' }
  switch (access.type) {
    case 'open':
      return { authorization: 'NONE' }
    case 'iam':
      return { authorization: 'AWS_IAM' }
    case 'api-key':
      return { authorization: 'NONE', apiKeyRequired: true }
    case 'cognito': {
      const { userPoolArn, scopes } = access
      const authorizer = new ApiGatewayAuthorizer(scope, 'authorizer', {
        ...common,
        name: 'cognito',
        type: 'COGNITO_USER_POOLS',
        providerArns: [userPoolArn],
      })
      return {
        authorization: 'COGNITO_USER_POOLS',
        authorizerId: authorizer.id,
        ...(scopes && { authorizationScopes: [...scopes] }),
      }
    }
    case 'jwt':
      return { authorization: 'CUSTOM', authorizerId: tokenAuthorizer(scope, api, access.authorizer, common).id }
  }
}

function tokenAuthorizer(
  scope: Construct,
  api: ApiGatewayRestApi,
  target: ImageFunction,
  common: { restApiId: string; identitySource: string },
): ApiGatewayAuthorizer {
  const authorizer = new ApiGatewayAuthorizer(scope, 'authorizer', {
    ...common,
    name: 'jwt',
    type: 'TOKEN',
    authorizerUri: target.invokeArn,
    identityValidationExpression: BEARER,
    authorizerResultTtlInSeconds: RESULT_LIFETIME,
  })
  new LambdaPermission(scope, 'authorizer-permission', {
    functionName: target.name,
    action: 'lambda:InvokeFunction',
    principal: 'apigateway.amazonaws.com',
    sourceArn: `${api.executionArn}/authorizers/${authorizer.id}`,
    lifecycle: { replaceTriggeredBy: target.replaceTriggeredBy },
  })
  return authorizer
}
