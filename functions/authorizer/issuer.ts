import { JwtVerifier } from 'aws-jwt-verify'
import { FetchError, JwksValidationError, JwkValidationError, JwtParseError } from 'aws-jwt-verify/error'
import { SimpleJwksCache, SimplePenaltyBox } from 'aws-jwt-verify/jwk'
import type { JwtPayload } from 'aws-jwt-verify/jwt-model'
import { fetcher, keysUrlOf } from './discovery.ts'

/** Seconds that our clock and the issuer's may differ: a token counts so much before `nbf`, and so much after `exp`. */
const CLOCK_SKEW = 30
/** Milliseconds until the keys are fetched anew, so that a key that was withdrawn is refused. */
const KEYS_LIFETIME = 15 * 60_000
/** Seconds after an unknown key id in which no other one makes us ask the issuer: anyone can invent key ids. */
const UNKNOWN_KEY_PAUSE = 10

export interface IssuerOptions {
  readonly issuer: string
  /** At least one of them has to be in a token's `aud`. */
  readonly audience: readonly string[]
  /** Milliseconds. */
  readonly keysLifetime?: number
  /** Seconds. */
  readonly unknownKeyPause?: number
}

interface Verifier {
  verify(token: string): Promise<JwtPayload>
}

/** An OpenID Connect issuer that is trusted, with its keys. They are fetched when needed, and at once for an unknown key id. */
export class Issuer {
  readonly #options: IssuerOptions
  #verifier: Promise<Verifier> | undefined
  #expires = 0

  constructor(options: IssuerOptions) {
    this.#options = options
  }

  /**
   * The claims of a token that this issuer signed for us and that is valid now.
   * @throws JwtBaseError for any other token; for errors of the issuer's own see `isFaultOfIssuer`.
   */
  async verify(token: string): Promise<JwtPayload> {
    if (Date.now() >= this.#expires) this.#verifier = undefined
    this.#verifier ??= this.#create()
    const verifier = await this.#verifier.catch((error: unknown) => {
      this.#verifier = undefined
      throw error
    })
    return verifier.verify(token)
  }

  async #create(): Promise<Verifier> {
    const { issuer, audience, keysLifetime = KEYS_LIFETIME, unknownKeyPause = UNKNOWN_KEY_PAUSE } = this.#options
    this.#expires = Date.now() + keysLifetime
    const penaltyBox = new SimplePenaltyBox({ waitSeconds: unknownKeyPause })
    return JwtVerifier.create(
      {
        issuer,
        audience: [...audience],
        jwksUri: await keysUrlOf(issuer),
        graceSeconds: CLOCK_SKEW,
        customJwtCheck: ({ header, payload }) => {
          // The library takes one without for a token that is good for ever.
          if (payload.exp === undefined) throw new JwtParseError('Token has no exp')
          if (!isAccessToken(header.typ)) throw new JwtParseError(`Token is made for something else: ${header.typ}`)
        },
      },
      { jwksCache: new SimpleJwksCache({ fetcher, penaltyBox }) },
    )
  }
}

/**
 * What the same issuer signs for other uses (a logout, a proof of possession) says so, and is no token here: RFC 8725, 3.11.
 * Access tokens say `at+jwt` (RFC 9068), or, as most issuers' do, only what all of them say, or nothing.
 */
const isAccessToken = (typ: unknown): boolean =>
  typ === undefined || (typeof typ === 'string' && /^(application\/)?(at\+)?jwt$/i.test(typ))

/** Whether the issuer failed, and so nothing is known about the token. */
export const isFaultOfIssuer = (error: unknown): boolean =>
  [FetchError, JwksValidationError, JwkValidationError].some((type) => error instanceof type)
