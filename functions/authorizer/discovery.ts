import type { JSONWebKeySet } from 'jose'
import * as v from 'valibot'
import { issuerUrl } from './environment.ts'

/** Milliseconds to fetch one document; two fetches fit into the function's timeout. */
const TIMEOUT = 3000

/** The issuer is unreachable or its documents are unusable: the token's validity is unknown. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError'
}

/** Fields used from https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata. */
const metadata = v.object({ issuer: v.string(), jwks_uri: issuerUrl })

/** A JSON Web Key Set (RFC 7517, 5). */
const keySet = v.object({ keys: v.array(v.looseObject({ kty: v.string() })) })

/** Fetches a JSON document. Rejects redirects: keys must come from the trusted address. */
async function fetchDocument<const TSchema extends v.GenericSchema>(url: string, schema: TSchema) {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) })
    if (response.status !== 200) throw new Error(`status ${response.status}`)
    return v.parse(v.pipe(v.string(), v.parseJson(), schema), await response.text()) as v.InferOutput<TSchema>
  } catch (error) {
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message
    throw new IssuerError(`Cannot use ${url}: ${reason}`, { cause: error })
  }
}

/**
 * Fetches the issuer's keys from the address in its discovery document.
 * @throws IssuerError
 */
export async function fetchKeys(issuer: string): Promise<JSONWebKeySet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const discovery = await fetchDocument(url, metadata)
  if (discovery.issuer !== issuer) throw new IssuerError(`${url} describes another issuer than ${issuer}`)
  const { keys } = await fetchDocument(discovery.jwks_uri, keySet)
  // An RSA key that names no algorithm would verify both RS256 and PS256 signatures; one key serves one algorithm (RFC 8725, 3.1).
  const named = keys.map((key) => (key.kty === 'RSA' ? { alg: 'RS256', ...key } : key))
  return { keys: named } as JSONWebKeySet
}
