import { ApiGatewayApiKey } from '@cdktf/provider-aws/lib/api-gateway-api-key/index.js'
import { ApiGatewayUsagePlan } from '@cdktf/provider-aws/lib/api-gateway-usage-plan/index.js'
import { ApiGatewayUsagePlanKey } from '@cdktf/provider-aws/lib/api-gateway-usage-plan-key/index.js'
import { TerraformOutput } from 'cdktf'
import { Construct } from 'constructs'
import type { DeclaredApi } from '../declared.ts'
import type { Settings } from '../settings.ts'

export interface UsagePlanProps {
  /** Of the plan and of its key. */
  readonly name: string
  readonly apis: readonly DeclaredApi[]
  /** Its limits are for all that use the key together. */
  readonly settings: Pick<Settings, 'THROTTLE_RATE' | 'THROTTLE_BURST'>
}

/** One API key that opens the APIs; its value is the output `api_key`. */
export class UsagePlan extends Construct {
  constructor(scope: Construct, id: string, { name, apis, settings }: UsagePlanProps) {
    super(scope, id)
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
