import { readSettings, type Settings, settingsVariables } from '../../terraform/settings.ts'

/**
 * The settings; what `.env` says is put into this process's environment, so that the SDK, Docker and Terraform go by it too.
 * @throws SettingsError that tells every problem at once.
 */
export function loadSettings(): Settings {
  const variables = settingsVariables()
  Object.assign(process.env, variables)
  const settings = readSettings(variables)
  process.env.AWS_REGION = settings.AWS_REGION
  return settings
}
