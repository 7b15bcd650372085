import { constants, generateKeyPairSync, sign } from 'node:crypto'
import { listen } from './server.ts'

export type SigningKey = ReturnType<typeof newKey>

let count = 0
/** Creates a key pair with the key id of tokens and JWKS. @param modulusLength bits of an RSA key. */
export const newKey = (algorithm: 'RS256' | 'ES256' = 'RS256', kid = `key-${++count}`, modulusLength = 2048) => ({
  kid,
  algorithm,
  ...(algorithm === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })),
})

/** JSON Web Key Set (RFC 7517). */
export const jwksOf = (keys: readonly SigningKey[], half: 'publicKey' | 'privateKey') =>
  keys.map((key) => ({ ...key[half].export({ format: 'jwk' }), kid: key.kid, alg: key.algorithm, use: 'sig' }))

export type Answer = Readonly<{ status?: number; body?: string; headers?: Record<string, string> }>

/** A small OpenID Connect issuer: discovery and keys over HTTP. */
export class TestIssuer {
  url = ''
  /** Keys in its list; it signs with the first. */
  keys: readonly SigningKey[] = [newKey()]
  /** Requests so far, by path. */
  readonly requests: string[] = []
  /** Overrides of valid answers, by end of path; `undefined` hangs the request. */
  readonly answers = new Map<string, Answer | undefined>()
  stop = async (): Promise<void> => {}
  readonly #path: string

  /** @param path end of the issuer's URL: some have one, some end with a slash. */
  constructor(path = '') {
    this.#path = path
  }

  /** Starts or restarts the server, at the same address. */
  async start(): Promise<this> {
    const { url, stop } = await listen(
      ({ url = '' }, response) => {
        this.requests.push(url)
        const [, other] = [...this.answers].find(([end]) => url.endsWith(end)) ?? [url, {}]
        const { status = 200, headers, body } = { ...this.#answer(url), ...other }
        if (other) response.writeHead(status, headers).end(body)
      },
      Number(this.url && new URL(this.url).port),
    )
    this.url ||= url + this.#path
    this.stop = stop
    return this
  }

  #answer(path: string): Answer {
    if (path.endsWith('/.well-known/openid-configuration'))
      return { body: JSON.stringify({ issuer: this.url, jwks_uri: `${this.url.replace(/\/$/, '')}/keys` }) }
    const keys = jwksOf(this.keys, 'publicKey')
    return path.includes('/keys') ? { body: JSON.stringify({ keys }) } : { status: 404 }
  }

  /** Signs a valid token, with these claims and headers changed. */
  token(claims: object = {}, { key = this.keys[0] as SigningKey, header = {} } = {}): string {
    const now = Math.floor(Date.now() / 1000)
    const right = { iss: this.url, aud: 'my-api', sub: 'ada', iat: now, exp: now + 300, scope: 'openid users' }
    const head = { typ: 'JWT', alg: key.algorithm as string, kid: key.kid, ...header }
    const parts = [head, { ...right, ...claims }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    const padding = head.alg === 'PS256' && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363', ...padding } as const
    return [...parts, sign('sha256', Buffer.from(parts.join('.')), options).toString('base64url')].join('.')
  }
}
