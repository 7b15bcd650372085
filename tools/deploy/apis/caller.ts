import { STSClient } from '@aws-sdk/client-sts'
import type { Settings } from '../../../terraform/settings.ts'
import { clientOptions } from '../aws.ts'

/** Timeout in milliseconds, above the gateway's own of 29 seconds. */
const TIMEOUT = 30_000

/** Sends a request, as `fetch` does. */
export type Send = (url: string, init?: RequestInit) => Promise<Response>

/** Sends a request without credentials. */
export const request: Send = (url, init = {}) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) }).catch((error: Error) => {
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    throw new Error(`${init.method ?? 'GET'} ${url} got no response: ${cause}`)
  })

/** Settings that decide how the APIs authenticate callers. */
export type Access = Pick<Settings, 'API_SECURITY' | 'AWS_REGION'>

/** Warning if anyone may call the APIs, else `undefined`. */
export const accessWarning = ({ API_SECURITY }: Pick<Access, 'API_SECURITY'>): string | undefined =>
  API_SECURITY === 'open'
    ? 'API_SECURITY=open: anyone who finds these URLs may call every route. To restrict them, set iam, api-key, cognito or jwt (docs/security.md).'
    : undefined

/** The header that a restricted API requires, unless requests are signed, and the variable with its value. */
const headerOf = (security: Access['API_SECURITY']) =>
  security === 'api-key'
    ? { name: 'x-api-key', prefix: '', variable: 'API_KEY' }
    : { name: 'authorization', prefix: 'Bearer ', variable: 'TOKEN' }

/** curl options that authenticate the caller, with shell variables instead of secrets. */
export function curlOptions({ API_SECURITY, AWS_REGION }: Access): string {
  if (API_SECURITY === 'open') return ''
  if (API_SECURITY === 'iam')
    return ` --aws-sigv4 aws:amz:${AWS_REGION}:execute-api -u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"`
  const { name, prefix, variable } = headerOf(API_SECURITY)
  return ` -H "${name}: ${prefix}$${variable}"`
}

/**
 * Authenticates the deployer as a caller of the APIs. @returns a sender, or the name of the missing variable.
 * @param apiKey the deployment's own key; API_KEY overrides it.
 */
export async function callerOf(
  { API_SECURITY, AWS_REGION }: Access,
  apiKey?: () => Promise<string | undefined>,
  env = process.env,
): Promise<{ readonly send: Send } | { readonly missing: string }> {
  if (API_SECURITY === 'open') return { send: request }
  if (API_SECURITY === 'iam') return { send: signed(AWS_REGION) }
  const { name, prefix, variable } = headerOf(API_SECURITY)
  const value = env[variable] || (API_SECURITY === 'api-key' && (await apiKey?.()))
  if (!value) return { missing: variable }
  const send: Send = (url, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set(name, prefix + value)
    return request(url, { ...init, headers })
  }
  return { send }
}

/** Sends requests signed with the AWS SDK's credentials. */
export function signed(region: string, signingName = 'execute-api'): Send {
  const { config } = new STSClient({ ...clientOptions(), region })
  const scheme = { name: 'sigv4', signingName, signingRegion: region, properties: {} }
  return async (url, init) => {
    // The signature covers a form's bytes, including its boundary.
    const plain = new Request(url, init)
    const body = await plain.bytes()
    const { host, hostname, protocol, pathname: path, searchParams } = new URL(url)
    const { method } = plain
    const headers = { ...Object.fromEntries(plain.headers), host }
    const query = Object.fromEntries(searchParams)
    const signer = await config.signer(scheme)
    const { headers: withSignature } = await signer.sign({ method, protocol, hostname, path, query, headers, body })
    return request(url, { method, headers: withSignature, ...(body.length > 0 && { body }) })
  }
}
