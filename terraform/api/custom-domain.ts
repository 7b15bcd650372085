import { ApiGatewayBasePathMapping } from '@cdktf/provider-aws/lib/api-gateway-base-path-mapping/index.js'
import { ApiGatewayDomainName } from '@cdktf/provider-aws/lib/api-gateway-domain-name/index.js'
import { Construct } from 'constructs'
import type { DeclaredApi } from '../declared.ts'

export interface CustomDomainProps {
  readonly domainName: string
  readonly certificateArn: string
  /** Each is reached by its base path, which it does not see. */
  readonly apis: readonly DeclaredApi[]
}

/** A domain of one's own in front of the APIs. Its DNS record is made elsewhere: it is an alias of the target. */
export class CustomDomain extends Construct {
  readonly target: string

  constructor(scope: Construct, id: string, { domainName, certificateArn, apis }: CustomDomainProps) {
    super(scope, id)
    const domain = new ApiGatewayDomainName(this, 'domain', {
      domainName,
      regionalCertificateArn: certificateArn,
      securityPolicy: 'TLS_1_2',
      endpointConfiguration: { types: ['REGIONAL'] },
    })
    for (const { basePath, restApiId: apiId, stageName } of apis)
      new ApiGatewayBasePathMapping(this, basePath, { domainName: domain.domainName, basePath, apiId, stageName })
    this.target = domain.regionalDomainName
  }
}
