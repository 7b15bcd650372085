import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js'
import { App, TerraformOutput } from 'cdktf'
import { Construct } from 'constructs'
import { customDomain } from './api/custom-domain.ts'
import { RestApi } from './api/rest-api.ts'
import { usagePlan } from './api/usage-plan.ts'
import { ImageFunction } from './lambda/image-function.ts'
import { managed } from './lambda/role.ts'
import { monitor } from './monitoring/monitoring.ts'
import { checkNames } from './name-rules.ts'
import { Network } from './network/network.ts'
import { RegistryStack } from './registry-stack.ts'
import { declareService } from './service.ts'
import { ServiceStack } from './service-stack.ts'
import { checkSettings } from './settings.ts'

/** Creates every stack of a deployment, and collects the problems that the settings' schema and the stacks find. */
export function createStacks(variables: Readonly<Record<string, string | undefined>>, declare = declareService) {
  const { settings, problems } = checkSettings(variables)
  // Stack traces would make the output differ between machines.
  const app = new App({ stackTraces: false })
  const registry = new RegistryStack(app, 'registry', settings, problems)
  const service = new ServiceStack(app, 'service', settings, problems)
  service.addDependency(registry)
  declare(service)
  complete(service)
  checkNames(service)
  return { app, registry, service, problems: problems.lines }
}

/** Adds the resources and outputs that follow from the declared functions and APIs. */
function complete(service: ServiceStack): void {
  const { API_SECURITY, DOMAIN_NAME, WEB_ACL_ARN: webAclArn } = service.settings
  const functions = service.all(ImageFunction)
  const apis = service.all(RestApi)
  if (service.all(Network).length > 0) service.role.attach('vpc-access', managed.vpc)
  else service.role.attach('role-logs', managed.logs)
  if (API_SECURITY === 'api-key') usagePlan(service, apis)
  if (webAclArn !== undefined)
    for (const { id, stage } of apis)
      new Wafv2WebAclAssociation(service, `${id}-firewall`, { resourceArn: stage.arn, webAclArn })
  const domainTarget = customDomain(service, apis)
  const outputs = {
    api_urls: Object.fromEntries(
      apis.map(({ id, basePath, stage }) => [
        id,
        domainTarget ? `https://${DOMAIN_NAME}/${basePath}` : stage.invokeUrl,
      ]),
    ),
    functions: Object.fromEntries(functions.map(({ node, functionName }) => [node.id, functionName])),
    migrations: functions.flatMap(({ node, migrates }) => (migrates ? [node.id] : [])),
    ...(domainTarget && { domain_target: domainTarget }),
    ...monitor(service),
  }
  // A scope of its own: an output may have the name of a construct.
  const scope = new Construct(service, 'outputs')
  for (const [name, value] of Object.entries(outputs)) new TerraformOutput(scope, name, { value, staticId: true })
}
