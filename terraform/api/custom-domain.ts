import { ApiGatewayBasePathMapping } from '@cdktf/provider-aws/lib/api-gateway-base-path-mapping/index.js'
import { ApiGatewayDomainName } from '@cdktf/provider-aws/lib/api-gateway-domain-name/index.js'
import { Construct } from 'constructs'
import type { DeploymentStack } from '../deployment-stack.ts'
import type { RestApi } from './rest-api.ts'

/**
 * Declares DOMAIN_NAME, if set, in front of the APIs, each under its base path. The path is stripped before an API sees it.
 * @returns the target for the domain's DNS alias record.
 */
export function customDomain(stack: DeploymentStack, apis: readonly RestApi[]): string | undefined {
  const { DOMAIN_NAME: domainName, CERTIFICATE_ARN: regionalCertificateArn } = stack.settings
  if (domainName === undefined || regionalCertificateArn === undefined) return undefined
  const scope = new Construct(stack, 'domain')
  const domain = new ApiGatewayDomainName(scope, 'domain', {
    domainName,
    regionalCertificateArn,
    securityPolicy: 'TLS_1_2',
    endpointConfiguration: { types: ['REGIONAL'] },
  })
  for (const { basePath, api, stage } of apis)
    new ApiGatewayBasePathMapping(scope, basePath, {
      domainName: domain.domainName,
      basePath,
      apiId: api.id,
      stageName: stage.stageName,
    })
  return domain.regionalDomainName
}
