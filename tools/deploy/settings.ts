import http from 'node:http'
import { readSettings, type Settings, settingsVariables } from '../../terraform/settings.ts'

/** Variables of the CDK and of Terraform that a shell may set: how they connect, where they log and keep providers. */
const ALLOWED =
  /^TF_(CLI_CONFIG_FILE|CLI_ARGS_providers_lock|PLUGIN_CACHE_DIR|PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE|LOG(_\w+)?|TOKEN_\w+|REGISTRY_\w+|DISABLE_PLUGIN_TLS|APPEND_USER_AGENT)$/

/**
 * The settings; what `.env` says goes into this process's environment, so that the SDK, Docker and Terraform follow it too.
 * @throws SettingsError with every problem at once.
 */
export function loadSettings(): Settings {
  const dropped = dropTerraformVariables()
  if (dropped.length > 0) console.error(`Ignored, since it would change what is deployed: ${dropped.join(', ')}`)
  const variables = settingsVariables()
  Object.assign(process.env, variables)
  // Picked from; what else is in them is for nobody that runs from here.
  delete process.env.SETTINGS
  delete process.env.SECRETS
  const settings = readSettings(variables)
  process.env.AWS_REGION = settings.AWS_REGION
  // `fetch` by itself does not use it, as Docker, npm and Terraform do. HTTP_PROXY is left out: the SDK asks for an instance's credentials
  // over HTTP, at an address of the machine's own.
  const { HTTPS_PROXY, https_proxy = HTTPS_PROXY, NO_PROXY, no_proxy = NO_PROXY } = process.env
  if (https_proxy) http.setGlobalProxyFromEnv({ https_proxy, ...(no_proxy !== undefined && { no_proxy }) })
  return settings
}

/**
 * Deletes variables by which a shell would point the CDK for Terraform at another state, folder, binary or argument (`TF_WORKSPACE`
 * makes every resource a second time), or give another project's values (`TF_VAR_…`).
 * @returns the names that were deleted.
 */
export function dropTerraformVariables(env: NodeJS.ProcessEnv = process.env): string[] {
  const dropped = Object.keys(env).filter(
    (name) => /^(TF_|CDKTF_|TERRAFORM_BINARY_NAME$|TERRAFORM_CLOUD_|TFE_)/.test(name) && !ALLOWED.test(name),
  )
  for (const name of dropped) delete env[name]
  return dropped
}
