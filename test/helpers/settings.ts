export const jwt = { API_SECURITY: 'jwt', JWT_ISSUER: 'https://login.example.com/', JWT_AUDIENCE: 'my-api' }

const COGNITO_USER_POOL_ARN = 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_abc'
export const cognito = { API_SECURITY: 'cognito', COGNITO_USER_POOL_ARN }

/** Everything that can be deployed beside what every deployment has. */
export const everyOption = {
  ENVIRONMENT: 'staging',
  KMS_KEY: 'create',
  API_SECURITY: 'api-key',
  DB_MULTI_AZ: 'true',
  WEB_ACL_ARN: 'arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/mine/1',
  RESERVED_CONCURRENCY: '50',
  PROVISIONED_CONCURRENCY: '2',
  DOMAIN_NAME: 'api.example.com',
  CERTIFICATE_ARN: 'arn:aws:acm:ap-northeast-2:123456789012:certificate/1',
  ALARM_EMAIL: 'ops@example.com',
  ACCESS_LOGS: 'create',
  TRACING: 'true',
}
