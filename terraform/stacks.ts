import { App } from 'cdktf'
import { RegistryStack } from './registry-stack.ts'
import { declareService } from './service.ts'
import { ServiceStack } from './service-stack.ts'
import { withLater } from './settings/rules.ts'
import { checkSettings } from './settings.ts'

/** Every stack of a deployment, and all that is wrong with it: what the settings say, and what the stacks find. */
export function createStacks(variables: Readonly<Record<string, string | undefined>>, declare = declareService) {
  const { settings, problems } = checkSettings(variables)
  // Stack traces in the output would differ from machine to machine.
  const app = new App({ stackTraces: false })
  const registry = new RegistryStack(app, 'registry', settings)
  const service = new ServiceStack(app, 'service', settings, declare)
  service.addDependency(registry)
  const found = app.node.findAll().flatMap((construct) => construct.node.validate())
  return { app, registry, service, problems: withLater(problems, found) }
}
