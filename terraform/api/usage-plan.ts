import { ApiGatewayApiKey } from '@cdktf/provider-aws/lib/api-gateway-api-key/index.js'
import { ApiGatewayUsagePlan } from '@cdktf/provider-aws/lib/api-gateway-usage-plan/index.js'
import { ApiGatewayUsagePlanKey } from '@cdktf/provider-aws/lib/api-gateway-usage-plan-key/index.js'
import { TerraformOutput } from 'cdktf'
import { Construct } from 'constructs'
import type { DeploymentStack } from '../deployment-stack.ts'
import type { RestApi } from './rest-api.ts'

/** Makes one API key that opens the APIs, with limits for all who use it together; its value is the output `api_key`. */
export function usagePlan(stack: DeploymentStack, apis: readonly RestApi[]): void {
  const scope = new Construct(stack, 'usage-plan')
  const { settings, names } = stack
  const name = names.project
  const plan = new ApiGatewayUsagePlan(scope, 'plan', {
    name,
    apiStages: apis.map(({ api, stage }) => ({ apiId: api.id, stage: stage.stageName })),
    throttleSettings: { rateLimit: settings.THROTTLE_RATE, burstLimit: settings.THROTTLE_BURST },
  })
  // Without a value AWS makes one up, so no file of ours has it.
  const key = new ApiGatewayApiKey(scope, 'key', { name })
  new ApiGatewayUsagePlanKey(scope, 'plan-key', { keyId: key.id, keyType: 'API_KEY', usagePlanId: plan.id })
  new TerraformOutput(stack, 'api_key', { value: key.value, sensitive: true, staticId: true })
}
