/** `npm run synth`: writes the Terraform of every stack to `cdktf.out/stacks/` (or to `CDKTF_OUTDIR`). */
import { App } from 'cdktf'
import { RegistryStack } from './registry-stack.ts'
import { ServiceStack } from './service-stack.ts'
import { checkSettings, SettingsError, settingsVariables } from './settings.ts'

try {
  const { settings, problems } = checkSettings(settingsVariables())
  // Stack traces in the output would differ from machine to machine.
  const app = new App({ stackTraces: false })
  const registry = new RegistryStack(app, 'registry', settings)
  const service = new ServiceStack(app, 'service', settings)
  service.addDependency(registry)
  // Also what the stacks themselves find wrong, so that one look is enough.
  problems.push(...app.node.findAll().flatMap((construct) => construct.node.validate()))
  if (problems.length > 0) throw new SettingsError(problems)
  app.synth()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
