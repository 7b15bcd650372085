import { ApiGatewayBasePathMapping } from '@cdktf/provider-aws/lib/api-gateway-base-path-mapping/index.js'
import { ApiGatewayDomainName } from '@cdktf/provider-aws/lib/api-gateway-domain-name/index.js'
import { Construct } from 'constructs'
import type { RestApi } from './rest-api.ts'
import type { Settings } from './settings.ts'

export interface CustomDomainProps {
  readonly domainName: string
  readonly certificateArn: string
  /** Each is reached by its base path, which it does not see. */
  readonly apis: Readonly<Record<string, RestApi>>
}

/** A domain of one's own in front of the APIs. Its DNS record is made elsewhere: it is an alias of `domain_target`. */
export class CustomDomain extends Construct {
  /** Where its DNS record points to. */
  readonly target: string
  private readonly domainName: string

  /** The domain, where the settings name one. */
  static ifGiven(
    scope: Construct,
    id: string,
    { DOMAIN_NAME: domainName, CERTIFICATE_ARN: certificateArn }: Settings,
    apis: CustomDomainProps['apis'],
  ): CustomDomain | undefined {
    if (domainName === undefined || certificateArn === undefined) return undefined
    return new CustomDomain(scope, id, { domainName, certificateArn, apis })
  }

  constructor(scope: Construct, id: string, { domainName, certificateArn, apis }: CustomDomainProps) {
    super(scope, id)
    const domain = new ApiGatewayDomainName(this, 'domain', {
      domainName,
      regionalCertificateArn: certificateArn,
      securityPolicy: 'TLS_1_2',
      endpointConfiguration: { types: ['REGIONAL'] },
    })
    for (const { basePath, restApiId: apiId, stageName } of Object.values(apis)) {
      new ApiGatewayBasePathMapping(this, basePath, { domainName: domain.domainName, basePath, apiId, stageName })
    }
    this.target = domain.regionalDomainName
    this.domainName = domainName
  }

  /** Of an API, without a slash at its end. */
  urlOf({ basePath }: RestApi): string {
    return `https://${this.domainName}/${basePath}`
  }
}
