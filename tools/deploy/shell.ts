import http from 'node:http'
import https from 'node:https'

/** What of the CDK's and Terraform's own variables may come from a shell: how they connect, where they log and keep providers. */
const ALLOWED =
  /^TF_(CLI_CONFIG_FILE|CLI_ARGS_providers_lock|PLUGIN_CACHE_DIR|PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE|LOG(_\w+)?|TOKEN_\w+|REGISTRY_\w+|DISABLE_PLUGIN_TLS|APPEND_USER_AGENT)$/

/**
 * Deletes the variables by which a shell would point the CDK for Terraform at another state, folder, binary or argument (`TF_WORKSPACE`
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

/** Sends `fetch` through HTTPS_PROXY, as Docker, npm and Terraform send their requests; NO_PROXY holds too. */
export function useProxy(env: NodeJS.ProcessEnv = process.env): void {
  // HTTP_PROXY is left out: the SDK asks for an instance's credentials over HTTP, at an address of the machine's own.
  const { HTTPS_PROXY, https_proxy = HTTPS_PROXY, NO_PROXY, no_proxy = NO_PROXY } = env
  if (https_proxy) http.setGlobalProxyFromEnv({ https_proxy, ...(no_proxy !== undefined && { no_proxy }) })
}

/** Options of every client of AWS's: its requests honour HTTPS_PROXY and NO_PROXY, which the SDK by itself does not. */
export const clientOptions = () => ({
  requestHandler: { httpsAgent: new https.Agent({ keepAlive: true, proxyEnv: process.env }) },
})
