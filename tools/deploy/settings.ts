import http from 'node:http'
import { readSettings, type Settings, settingsVariables } from '../../terraform/settings.ts'

/** Variables of CDKTF and Terraform that the user may set: connections, logging, provider cache. */
const ALLOWED =
  /^TF_(CLI_CONFIG_FILE|CLI_ARGS_providers_lock|PLUGIN_CACHE_DIR|PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE|LOG(_\w+)?|TOKEN_\w+|REGISTRY_\w+|DISABLE_PLUGIN_TLS|APPEND_USER_AGENT)$/

/**
 * Loads the settings, and copies `.env` into this process's environment for the SDK, Docker and Terraform.
 * @throws SettingsError with all problems.
 */
export function loadSettings(): Settings {
  const dropped = dropTerraformVariables()
  if (dropped.length > 0) console.error(`Ignored, since they would change the deployment: ${dropped.join(', ')}`)
  const variables = settingsVariables()
  Object.assign(process.env, variables)
  // Already read; child processes must not see their other contents.
  delete process.env.SETTINGS
  delete process.env.SECRETS
  const settings = readSettings(variables)
  process.env.AWS_REGION = settings.AWS_REGION
  // Docker, npm and Terraform use HTTPS_PROXY; `fetch` needs this call. HTTP_PROXY is left out: the SDK requests instance credentials over
  // HTTP, from a link-local address.
  const { HTTPS_PROXY, https_proxy = HTTPS_PROXY, NO_PROXY, no_proxy = NO_PROXY } = process.env
  if (https_proxy) http.setGlobalProxyFromEnv({ https_proxy, ...(no_proxy !== undefined && { no_proxy }) })
  return settings
}

/**
 * Deletes variables that would redirect CDKTF to another state, folder, binary or argument (`TF_WORKSPACE` creates every resource a
 * second time), or pass another project's values (`TF_VAR_…`).
 * @returns the deleted names.
 */
export function dropTerraformVariables(env: NodeJS.ProcessEnv = process.env): string[] {
  const dropped = Object.keys(env).filter(
    (name) => /^(TF_|CDKTF_|TERRAFORM_BINARY_NAME$|TERRAFORM_CLOUD_|TFE_)/.test(name) && !ALLOWED.test(name),
  )
  for (const name of dropped) delete env[name]
  return dropped
}
