import { ApiGatewayApiKey } from '@cdktf/provider-aws/lib/api-gateway-api-key/index.js'
import { ApiGatewayUsagePlan } from '@cdktf/provider-aws/lib/api-gateway-usage-plan/index.js'
import { ApiGatewayUsagePlanKey } from '@cdktf/provider-aws/lib/api-gateway-usage-plan-key/index.js'
import { TerraformOutput } from 'cdktf'
import { Construct } from 'constructs'
import type { DeploymentStack } from '../deployment-stack.ts'
import type { RestApi } from './rest-api.ts'

/** Creates one API key for the APIs, with limits that its users share. Its value is the output `api_key`. */
export function usagePlan(stack: DeploymentStack, apis: readonly RestApi[]): void {
  const scope = new Construct(stack, 'usage-plan')
  const { settings, names } = stack
  const name = names.project
  const plan = new ApiGatewayUsagePlan(scope, 'plan', {
    name,
    apiStages: apis.map(({ api, stage }) => ({ apiId: api.id, stage: stage.stageName })),
    throttleSettings: { rateLimit: settings.THROTTLE_RATE, burstLimit: settings.THROTTLE_BURST },
  })
  // AWS generates the value, so no file of ours contains it.
  const key = new ApiGatewayApiKey(scope, 'key', { name })
  new ApiGatewayUsagePlanKey(scope, 'plan-key', { keyId: key.id, keyType: 'API_KEY', usagePlanId: plan.id })
  new TerraformOutput(stack, 'api_key', { value: key.value, sensitive: true, staticId: true })
}
