/** A request to write as a command line. */
export interface CurlRequest {
  readonly method: string
  /** Scheme, host and port of the server. */
  readonly origin: string
  /** Path and query as sent. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Without zero bytes, which arguments cannot contain. */
  readonly body?: string | FormData | undefined
  /** Whether to sign with the caller's AWS credentials. */
  readonly signed?: boolean
}

/** Headers that curl adds itself, or that only browsers send. */
const IMPLIED =
  /^(host|connection|content-length|transfer-encoding|expect|user-agent|accept-encoding|accept-language|cache-control|pragma|origin|referer|dnt|priority|sec-.*)$/i
/** Headers with credentials, and the shell variables that replace their values. */
export const SECRETS: Readonly<Record<string, string>> = {
  authorization: '$TOKEN',
  'proxy-authorization': '$PROXY_TOKEN',
  'x-api-key': '$API_KEY',
  apikey: '$API_KEY',
  cookie: '$COOKIE',
  'x-amz-security-token': '$AWS_SESSION_TOKEN',
}
const SIGNED =
  '--aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"'

/** Builds a bash command line for a request. */
export function toCurl({ method, origin, target, headers, body = '', signed = false }: CurlRequest): string {
  const words = ['curl']
  if (method === 'HEAD') words.push('--head')
  else if (method !== (body ? 'POST' : 'GET')) words.push('-X', quote(method))
  // In other targets curl would find another host, a fragment or a glob, or resolve `.` and `..`.
  const plain = /^\/(?!\/)[^#[\]{}]*$/.test(target) && !/\/(\.|%2e){1,2}(\/|\?|$)/i.test(target)
  if (plain) words.push(quote(origin + target))
  else words.push('--request-target', quote(target), quote(`${origin}/`))
  const form = body instanceof FormData
  const sent = headers.filter(([name]) => !IMPLIED.test(name) && !(form && /^content-type$/i.test(name)))
  for (const [name, value] of sent) words.push('-H', header(name, value))
  if (signed) words.push(SIGNED)
  if (form) words.push(...[...body].map(part))
  else if (body) {
    if (!sent.some(([name]) => /^content-type$/i.test(name))) words.push('-H', quote('content-type:'))
    words.push('--data-raw', quote(body))
  }
  return words.join(' ')
}

/** Quotes a text as one word of bash. Escapes control characters, which a terminal would obey. */
export function quote(text: string): string {
  if (/^[\w./:=@%+,-]+$/.test(text)) return text
  if (!/(?!\n)[\p{Cc}\u2028\u2029]/u.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  const escaped = (char: string) =>
    Array.from(new TextEncoder().encode(char), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  return `$'${text.replace(/['\\\p{Cc}\u2028\u2029]/gu, escaped)}'`
}

/** Formats a part of a form; of a file only the name, since pages do not know its path. */
function part([name, value]: [string, string | File]): string {
  if (typeof value === 'string') return `--form-string ${quote(`${name}=${value}`)}`
  const file = `"${value.name.replace(/["\\]/g, '\\$&')}"`
  return `-F ${quote(`${name}=@${file}${value.type ? `;type=${value.type}` : ''}`)}`
}

function header(name: string, value: string): string {
  const variable = Object.hasOwn(SECRETS, name.toLowerCase()) && SECRETS[name.toLowerCase()]
  if (variable) return `"${name}: ${schemeOf(name, value)}${variable}"`
  // curl drops `name:`, but sends `name;` as an empty header.
  return quote(value === '' ? `${name};` : `${name}: ${value}`)
}

/** Scheme before a token, e.g. `Bearer `, which is not secret. */
export const schemeOf = (name: string, value: string): string =>
  /authorization$/i.test(name) ? (/^[\w-]+ (?=.)/.exec(value)?.[0] ?? '') : ''
