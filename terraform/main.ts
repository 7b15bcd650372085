/** `npm run synth`: writes the Terraform of every stack to `cdktf.out/stacks/` (or to `CDKTF_OUTDIR`). */
import { SettingsError, settingsVariables } from './settings.ts'
import { createStacks } from './stacks.ts'

try {
  const { app, problems } = createStacks(settingsVariables())
  if (problems.length > 0) throw new SettingsError(problems)
  app.synth()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
