/** `npm run synth`: writes the Terraform of every stack to `cdktf.out/stacks/` (or to `CDKTF_OUTDIR`). */
import { App } from 'cdktf'
import { ServiceStack } from './service-stack.ts'
import { readSettings, SettingsError, settingsVariables } from './settings.ts'

try {
  const settings = readSettings(settingsVariables())
  // Stack traces in the output would differ from machine to machine.
  const app = new App({ stackTraces: false })
  new ServiceStack(app, 'service', settings)
  app.synth()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
