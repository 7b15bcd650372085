import { FetchError } from 'aws-jwt-verify/error'
import type { Fetcher } from 'aws-jwt-verify/https'
import * as v from 'valibot'
import { issuerUrl } from './environment.ts'

/** Milliseconds for one document. Two of them fit well into what the function may take. */
const TIMEOUT = 3000

/** The part of https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata that is needed here. */
const metadata = v.object({ issuer: v.string(), jwks_uri: issuerUrl })

/** Fetches a document of the issuer's. No redirect is followed: the address of the keys is a matter of trust. */
export const fetcher: Fetcher = {
  async fetch(url) {
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) })
      if (response.status !== 200) throw new Error(`it answered ${response.status}`)
      return await response.arrayBuffer()
    } catch (error) {
      const { message, cause } = error as Error
      throw new FetchError(url, cause instanceof Error ? `${message}: ${cause.message}` : message)
    }
  },
}

/**
 * Where the issuer publishes its keys.
 * @throws FetchError where it cannot be asked, or answers with something else.
 */
export async function keysUrlOf(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const document = Buffer.from(await fetcher.fetch(url)).toString()
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), metadata), document)
  if (!result.success) throw new FetchError(url, 'it has no usable issuer and jwks_uri')
  if (result.output.issuer !== issuer) throw new FetchError(url, `it speaks for another issuer, not for ${issuer}`)
  return result.output.jwks_uri
}
