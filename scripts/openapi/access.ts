import type { Access } from './routes.ts'

const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description })

/** Ways in, as API_SECURITY names them. */
export const securitySchemes: Readonly<Record<Exclude<Access, 'open'>, object>> = {
  iam: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`API_SECURITY=iam`: requests signed with AWS Signature Version 4, service `execute-api`.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  'api-key': {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: '`API_SECURITY=api-key`: a key of the usage plan.',
  },
  cognito: bearer('`API_SECURITY=cognito`: a token of the user pool.'),
  jwt: bearer('`API_SECURITY=jwt`: a token of `JWT_ISSUER`.'),
}

/** What a route asks of its callers. */
export const securityOf = (access: Access) => (access === 'open' ? [] : [{ [access]: [] }])

/** Whether callers have tokens, for the want of which API Gateway says 401. */
export const hasTokens = (access: Access): boolean => access === 'cognito' || access === 'jwt'
