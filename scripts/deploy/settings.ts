import { readSettings, type Settings, settingsVariables } from '../../terraform/settings.ts'
import { dropTerraformVariables, useProxy } from './shell.ts'

/**
 * The settings; what `.env` says is put into this process's environment, so that the SDK, Docker and Terraform go by it too.
 * @throws SettingsError that tells every problem at once.
 */
export function loadSettings(): Settings {
  const dropped = dropTerraformVariables()
  if (dropped.length > 0) console.error(`Ignored, since it would change what is deployed: ${dropped.join(', ')}`)
  const variables = settingsVariables()
  Object.assign(process.env, variables)
  const settings = readSettings(variables)
  process.env.AWS_REGION = settings.AWS_REGION
  useProxy()
  return settings
}
