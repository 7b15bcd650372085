import { STSClient } from '@aws-sdk/client-sts'
import type { Settings } from '../../../terraform/settings.ts'
import { clientOptions } from '../aws.ts'

/** Milliseconds for one answer; the gateway gives up after 29 seconds. */
const TIMEOUT = 30_000

/** Sends a request, as `fetch` does. */
export type Send = (url: string, init?: RequestInit) => Promise<Response>

/** Sends a request without credentials. */
export const request: Send = (url, init = {}) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) }).catch((error: Error) => {
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    throw new Error(`${init.method ?? 'GET'} ${url} got no answer: ${cause}`)
  })

/** How the APIs know their callers. */
export type Access = Pick<Settings, 'API_SECURITY' | 'AWS_REGION'>

/** A warning where anybody may call; `undefined` where nobody unknown may. */
export const accessWarning = ({ API_SECURITY }: Pick<Access, 'API_SECURITY'>): string | undefined =>
  API_SECURITY === 'open'
    ? 'API_SECURITY=open: anyone who finds these URLs may call every route. iam, api-key, cognito or jwt close them (docs/security.md).'
    : undefined

/** Options with which curl sends what the APIs ask of callers, from variables of whoever pastes it. */
export const curlOptions = ({ API_SECURITY, AWS_REGION }: Access): string =>
  ({
    open: '',
    iam: ` --aws-sigv4 aws:amz:${AWS_REGION}:execute-api -u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"`,
    'api-key': ' -H "x-api-key: $API_KEY"',
    cognito: ' -H "authorization: Bearer $TOKEN"',
    jwt: ' -H "authorization: Bearer $TOKEN"',
  })[API_SECURITY]

/**
 * The deployer as a caller, with the credentials that the APIs ask for, or the variable that is missing.
 * @param apiKey the deployment's own; API_KEY comes before it
 */
export async function callerOf(
  { API_SECURITY, AWS_REGION }: Access,
  apiKey?: () => Promise<string | undefined>,
  env = process.env,
): Promise<{ readonly send: Send } | { readonly missing: string }> {
  switch (API_SECURITY) {
    case 'open':
      return { send: request }
    case 'iam':
      return { send: signed(AWS_REGION) }
    case 'api-key': {
      const key = env.API_KEY || (await apiKey?.())
      return key ? { send: withHeader('x-api-key', key) } : { missing: 'API_KEY' }
    }
    case 'cognito':
    case 'jwt':
      return env.TOKEN ? { send: withHeader('authorization', `Bearer ${env.TOKEN}`) } : { missing: 'TOKEN' }
  }
}

const withHeader =
  (name: string, value: string): Send =>
  (url, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set(name, value)
    return request(url, { ...init, headers })
  }

/** Signs as the AWS SDK does, with the credentials that it finds. */
export function signed(region: string, signingName = 'execute-api'): Send {
  const { config } = new STSClient({ ...clientOptions(), region })
  const scheme = { name: 'sigv4', signingName, signingRegion: region, properties: {} }
  return async (url, init) => {
    // A form's bytes, its boundary too, have to be known before they are signed.
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
