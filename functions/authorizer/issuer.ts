import { createRemoteJWKSet, customFetch, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { fetchKeys } from './discovery.ts'

/** Clock skew tolerated, in seconds. */
const CLOCK_SKEW = 30
/** Maximum seconds until `exp`: a token dated further ahead, or in milliseconds, would never expire. */
const MAX_LIFETIME = 10 * 366 * 86_400
/** Milliseconds to cache the keys; a withdrawn key is refused afterwards. */
const KEYS_LIFETIME = 15 * 60_000
/** Milliseconds between fetches for unknown key ids: anyone can invent key ids. */
const UNKNOWN_KEY_PAUSE = 10_000

/**
 * Creates a verifier for the tokens of an OpenID Connect issuer.
 * @param audience accepted audiences; a token needs one in `aud`.
 * @param failurePause milliseconds to wait after a failed fetch.
 * @returns a function that verifies a token and resolves to its claims.
 */
export function trustIssuer(issuer: string, audience: readonly string[], failurePause = 2000) {
  const keys = createRemoteJWKSet(new URL(issuer), {
    // `paced` replaces jose's cooldown, which begins with the first keys, not with the first unknown key id.
    cooldownDuration: 0,
    cacheMaxAge: KEYS_LIFETIME,
    [customFetch]: paced(() => fetchKeys(issuer), failurePause),
  })
  const options = { issuer, audience: [...audience], clockTolerance: CLOCK_SKEW, requiredClaims: ['exp'] }

  /** @throws IssuerError while the issuer fails; any other error refuses the token. */
  return async (token: string): Promise<JWTPayload> => {
    const { payload, protectedHeader } = await jwtVerify(token, keys, options)
    const { kid, typ } = protectedHeader
    if (kid === undefined) throw new errors.JWTInvalid('Token has no key id (kid)')
    if (!isAccessToken(typ)) throw new errors.JWTInvalid('Token must be an access token, by its type (typ)')
    if (Number(payload.exp) - Date.now() / 1000 > MAX_LIFETIME) throw new errors.JWTInvalid('Token never expires')
    if (payload.sub !== undefined && typeof payload.sub !== 'string') throw new errors.JWTInvalid('sub must be text')
    return payload
  }
}

/** Limits the fetches: refetched keys are reused for UNKNOWN_KEY_PAUSE, a failure for `failurePause`. */
function paced(ask: () => Promise<JSONWebKeySet>, failurePause: number) {
  let last: { readonly answer: Promise<JSONWebKeySet>; until: number } | undefined
  return async () => {
    if (!last || Date.now() >= last.until) {
      const pause = last ? UNKNOWN_KEY_PAUSE : 0
      const asked = { answer: ask(), until: Date.now() + pause }
      last = asked
      asked.answer.catch(() => {
        asked.until = Date.now() + failurePause
      })
    }
    return Response.json(await last.answer)
  }
}

/**
 * Tokens that the issuer signs for other uses (logout, proof of possession) name their type: RFC 8725, 3.11.
 * Access tokens have `at+jwt` (RFC 9068) or, from most issuers, `JWT` or no type.
 */
const isAccessToken = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && /^(application\/)?(at\+)?jwt$/i.test(typ))
