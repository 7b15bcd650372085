import { ApiGatewayApiKey } from '@cdktf/provider-aws/lib/api-gateway-api-key/index.js'
import { ApiGatewayUsagePlan } from '@cdktf/provider-aws/lib/api-gateway-usage-plan/index.js'
import { ApiGatewayUsagePlanKey } from '@cdktf/provider-aws/lib/api-gateway-usage-plan-key/index.js'
import { TerraformOutput } from 'cdktf'
import { Construct } from 'constructs'
import type { DeclaredService } from '../declared.ts'

/** One API key that opens the APIs, with limits for all who use it together; its value is the output `api_key`. */
export class UsagePlan extends Construct {
  constructor(scope: Construct, id: string, { settings, names, apis }: DeclaredService) {
    super(scope, id)
    const name = names.project
    const plan = new ApiGatewayUsagePlan(this, 'plan', {
      name,
      apiStages: apis.map(({ restApiId: apiId, stageName: stage }) => ({ apiId, stage })),
      throttleSettings: { rateLimit: settings.THROTTLE_RATE, burstLimit: settings.THROTTLE_BURST },
    })
    // Without a value AWS makes one up, so no file of ours has it.
    const key = new ApiGatewayApiKey(this, 'key', { name })
    new ApiGatewayUsagePlanKey(this, 'plan-key', { keyId: key.id, keyType: 'API_KEY', usagePlanId: plan.id })
    new TerraformOutput(scope, 'api_key', { value: key.value, sensitive: true, staticId: true })
  }
}
