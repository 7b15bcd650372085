import { constants, generateKeyPairSync, sign } from 'node:crypto'
import { listen } from './server.ts'

const algorithms = {
  RS256: (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
}
export type Algorithm = keyof typeof algorithms
export type SigningKey = ReturnType<typeof newKey>

let count = 0
/** A key pair with the name that tokens and the issuer's list of keys have for it. @param bits of an RSA key. */
export const newKey = (algorithm: Algorithm = 'RS256', kid = `key-${++count}`, bits = 2048) => ({
  kid,
  algorithm,
  ...algorithms[algorithm](bits),
})

/** A list of keys, as RFC 7517 has it. */
export const jwksOf = (keys: readonly SigningKey[], half: 'publicKey' | 'privateKey') =>
  keys.map((key) => ({ ...key[half].export({ format: 'jwk' }), kid: key.kid, alg: key.algorithm, use: 'sig' }))

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token with these claims; `header` replaces what the key says of itself. */
export function signToken(key: SigningKey, claims: object, header: object = {}): string {
  const input = `${encode({ typ: 'JWT', alg: key.algorithm, kid: key.kid, ...header })}.${encode(claims)}`
  const padding = 'alg' in header &&
    header.alg === 'PS256' && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363', ...padding })
  return `${input}.${signature.toString('base64url')}`
}

type Document = Readonly<{ status?: number; body: string; headers?: Record<string, string> }>

/** A small OpenID Connect issuer: discovery and keys over HTTP. */
export class TestIssuer {
  url = ''
  /** What it signs with; the list has it. */
  keys: readonly SigningKey[] = [newKey()]
  /** Requests so far, by path. */
  readonly requests: string[] = []
  /** Another answer than the right one, by the end of the path. */
  readonly answers = new Map<string, Document>()
  /** Takes connections, and answers nothing. */
  hangs = false
  stop = async (): Promise<void> => {}

  /** @param path end of the issuer's URL: some have one, some end with a slash. */
  static async start(path = ''): Promise<TestIssuer> {
    const issuer = new TestIssuer()
    await issuer.start()
    issuer.url += path
    return issuer
  }

  /** Begins to answer, again where it did before. */
  async start(): Promise<void> {
    const { url, stop } = await listen(
      ({ url = '' }, response) => {
        this.requests.push(url)
        if (this.hangs) return
        const answer = [...this.answers].find(([end]) => url.endsWith(end))?.[1] ?? this.#answer(url)
        response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
      },
      Number(this.url && new URL(this.url).port),
    )
    this.url ||= url
    this.stop = stop
  }

  #answer(path: string): Document {
    const base = this.url.replace(/\/$/, '')
    if (path.endsWith('/.well-known/openid-configuration'))
      return { body: JSON.stringify({ issuer: this.url, jwks_uri: `${base}/keys` }) }
    const keys = jwksOf(this.keys, 'publicKey')
    return path.endsWith('/keys') ? { body: JSON.stringify({ keys }) } : { status: 404, body: '' }
  }

  /** A token that is right in all things, except for those that are given. */
  token(claims: object = {}, { key = this.keys[0] as SigningKey, header = {} } = {}): string {
    const now = Math.floor(Date.now() / 1000)
    const right = { iss: this.url, aud: 'my-api', sub: 'ada', iat: now, exp: now + 300, scope: 'openid users' }
    return signToken(key, { ...right, ...claims }, header)
  }
}
