import * as v from 'valibot'
import { commonEnvironment } from '../http/read-environment.ts'

/** Requires TLS, without which a man in the middle could replace the keys; loopback traffic cannot be intercepted. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username } = new URL(text)
  const secure = protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  return secure && search === '' && hash === '' && username === ''
}

/** URL of an OpenID Connect issuer, exactly as in the claim `iss` of its tokens. */
export const issuerUrl = v.pipe(
  v.string(),
  v.check(isIssuer, 'must be an https:// URL, exactly as in the claim iss, such as https://login.example.com/'),
)

/** One or more words, separated by spaces or commas. */
export const words = v.pipe(
  v.string(),
  v.transform((text) => text.split(/[\s,]+/).filter(Boolean)),
  v.minLength(1, 'must have at least one word'),
)

/** Variables of the function `authorizer`: the tokens to accept. */
export const authorizerEnvironmentSchema = v.object({
  JWT_ISSUER: issuerUrl,
  /** Accepted audiences. A token needs at least one in `aud`: tokens for other services are refused. */
  JWT_AUDIENCE: words,
  /** Accepted scopes. A token needs at least one in `scope` or `scp`. */
  JWT_SCOPES: v.optional(words),
  LOG_LEVEL: commonEnvironment.LOG_LEVEL,
})

/** Variables that Terraform sets. */
export type AuthorizerVariables = v.InferInput<typeof authorizerEnvironmentSchema>
