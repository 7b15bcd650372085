import { createRemoteJWKSet, customFetch, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { fetchKeys } from './discovery.ts'

/** Clock skew tolerated, in seconds. */
const CLOCK_SKEW = 30
/** Seconds until `exp`, at most: a token dated further ahead, or in milliseconds, would never expire. */
const MAX_LIFETIME = 10 * 366 * 86_400
/** Milliseconds until the keys are fetched again, so that a withdrawn key is refused. */
const KEYS_LIFETIME = 15 * 60_000
/** Milliseconds in which unknown key ids make us ask the issuer no second time: anyone can invent key ids. */
const UNKNOWN_KEY_PAUSE = 10_000

/**
 * A trusted OpenID Connect issuer.
 * @param audience a token's `aud` must contain one of these.
 * @param failurePause milliseconds after a failure of the issuer in which it is not asked again.
 * @returns its verification: the claims of a token that it signed for us and that is valid now.
 */
export function trustIssuer(issuer: string, audience: readonly string[], failurePause = 2000) {
  const keys = createRemoteJWKSet(new URL(issuer), {
    // By ourselves, since it begins with the first keys, and not with the first unknown one.
    cooldownDuration: 0,
    cacheMaxAge: KEYS_LIFETIME,
    [customFetch]: paced(() => fetchKeys(issuer), failurePause),
  })
  const options = { issuer, audience: [...audience], clockTolerance: CLOCK_SKEW, requiredClaims: ['exp'] }

  /** @throws IssuerError while the issuer fails; any other error refuses the token. */
  return async (token: string): Promise<JWTPayload> => {
    const { payload, protectedHeader } = await jwtVerify(token, keys, options)
    const { kid, typ } = protectedHeader
    if (kid === undefined) throw new errors.JWTInvalid('Token names no key')
    if (!isAccessToken(typ)) throw new errors.JWTInvalid('Token is of another type (typ)')
    if (Number(payload.exp) - Date.now() / 1000 > MAX_LIFETIME) throw new errors.JWTInvalid('Token never expires')
    if (payload.sub !== undefined && typeof payload.sub !== 'string') throw new errors.JWTInvalid('sub must be text')
    return payload
  }
}

/** Repeats an answer while the issuer is not to be asked again: a second set of keys for a while, a failure for a shorter one. */
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
 * Tokens that the same issuer signs for other uses (logout, proof of possession) name their type: RFC 8725, 3.11.
 * Access tokens are `at+jwt` (RFC 9068), or, from most issuers, `JWT` or nothing.
 */
const isAccessToken = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && /^(application\/)?(at\+)?jwt$/i.test(typ))
