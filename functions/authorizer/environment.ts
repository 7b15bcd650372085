import * as v from 'valibot'
import { commonEnvironment } from '../http/read-environment.ts'

/** Without TLS anyone on the way could put in keys of their own; to this machine itself there is no way. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username } = new URL(text)
  const secure = protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  return secure && search === '' && hash === '' && username === ''
}

/** An OpenID Connect issuer, written exactly as its tokens have it in `iss`. */
export const issuerUrl = v.pipe(
  v.string(),
  v.check(isIssuer, 'must be an https:// URL, exactly as the claim iss has it, such as https://login.example.com/'),
)

/** One or several words, separated by spaces or commas. */
export const words = v.pipe(
  v.string(),
  v.transform((text) => text.split(/[\s,]+/).filter(Boolean)),
  v.minLength(1, 'must have at least one word'),
)

/** Variables of the function `authorizer`: whose tokens are taken. */
export const authorizerEnvironmentSchema = v.object({
  JWT_ISSUER: issuerUrl,
  /** A token's `aud` must have at least one of these: a token for another service is no token for us. */
  JWT_AUDIENCE: words,
  /** A token must have at least one of these, in `scope` or `scp`. */
  JWT_SCOPES: v.optional(words),
  LOG_LEVEL: commonEnvironment.LOG_LEVEL,
})

/** Variables that Terraform sets. */
export type AuthorizerVariables = v.InferInput<typeof authorizerEnvironmentSchema>
