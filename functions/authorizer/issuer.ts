import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { fetchKeys, IssuerError } from './discovery.ts'

/** Clock skew tolerated, in seconds. */
const CLOCK_SKEW = 30
/** Seconds until `exp`, at most: a token dated further ahead, or in milliseconds, would never expire. */
const MAX_LIFETIME = 10 * 366 * 86_400
/** Milliseconds until the keys are fetched again, so that a withdrawn key is refused. */
const KEYS_LIFETIME = 15 * 60_000
/** Milliseconds after an unknown key id in which no other one makes us ask the issuer: anyone can invent key ids. */
const UNKNOWN_KEY_PAUSE = 10_000

export interface IssuerOptions {
  readonly issuer: string
  /** A token's `aud` must contain one of these. */
  readonly audience: readonly string[]
  /** Milliseconds after a failure of the issuer in which it is not asked again. @default 2000 */
  readonly failurePause?: number
}

/** A trusted OpenID Connect issuer with its keys, fetched when needed, and at once for an unknown key id. */
export class Issuer {
  readonly #options: Required<IssuerOptions>
  #keys: JWTVerifyGetKey | undefined
  #keysExpire = 0
  #asking: Promise<JWTVerifyGetKey> | undefined
  #unknownKeyUntil = 0
  #failure: { readonly error: unknown; readonly until: number } | undefined

  constructor(options: IssuerOptions) {
    this.#options = { failurePause: 2000, ...options }
  }

  /**
   * The claims of a token that this issuer signed for us and that is valid now.
   * @throws IssuerError while the issuer fails; any other error refuses the token.
   */
  async verify(token: string): Promise<JWTPayload> {
    const known = Date.now() < this.#keysExpire ? this.#keys : undefined
    try {
      return await this.#check(token, known ?? (await this.#ask()))
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || Date.now() < this.#unknownKeyUntil) throw error
      // Keys that were fetched for this very token cannot be newer.
      if (known) return await this.#check(token, await this.#ask()).catch((again) => this.#refuseUnknown(again))
      return this.#refuseUnknown(error)
    }
  }

  #refuseUnknown(error: unknown): never {
    if (error instanceof errors.JWKSNoMatchingKey) this.#unknownKeyUntil = Date.now() + UNKNOWN_KEY_PAUSE
    throw error
  }

  /** Asks the issuer, once for all callers that wait; callers within the pause after a failure share that failure. */
  #ask(): Promise<JWTVerifyGetKey> {
    if (this.#failure && Date.now() < this.#failure.until) return Promise.reject(this.#failure.error)
    const { issuer, failurePause } = this.#options
    this.#asking ??= fetchKeys(issuer)
      .then(
        (keys) => {
          this.#keys = keys
          this.#keysExpire = Date.now() + KEYS_LIFETIME
          return keys
        },
        (error: unknown) => {
          this.#failure = { error, until: Date.now() + failurePause }
          throw error
        },
      )
      .finally(() => {
        this.#asking = undefined
      })
    return this.#asking
  }

  async #check(token: string, keys: JWTVerifyGetKey): Promise<JWTPayload> {
    const { issuer, audience } = this.#options
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience: [...audience],
      clockTolerance: CLOCK_SKEW,
      requiredClaims: ['exp'],
    })
    const { kid, typ } = protectedHeader
    if (kid === undefined) throw new errors.JWTInvalid('Token names no key')
    if (!isAccessToken(typ)) throw new errors.JWTInvalid('Token is of another type (typ)')
    if (Number(payload.exp) - Date.now() / 1000 > MAX_LIFETIME) throw new errors.JWTInvalid('Token never expires')
    if (payload.sub !== undefined && typeof payload.sub !== 'string') throw new errors.JWTInvalid('sub must be text')
    return payload
  }
}

/**
 * Tokens that the same issuer signs for other uses (logout, proof of possession) name their type: RFC 8725, 3.11.
 * Access tokens are `at+jwt` (RFC 9068), or, from most issuers, `JWT` or nothing.
 */
const isAccessToken = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && /^(application\/)?(at\+)?jwt$/i.test(typ))

/** Whether the issuer failed, so that nothing is known about the token. */
export const isFaultOfIssuer = (error: unknown): boolean => error instanceof IssuerError
