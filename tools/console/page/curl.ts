/** A request as a command line tells it. */
export interface CurlRequest {
  readonly method: string
  /** Scheme, host and port of the server. */
  readonly origin: string
  /** Path and query as sent; a character is a byte. */
  readonly target: string
  /** A character of a value is a byte. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array | FormData | undefined
  /** It is to be signed with the caller's AWS credentials. */
  readonly signed?: boolean
}

/** What curl adds by itself, or only browsers send. */
const IMPLIED =
  /^(host|connection|content-length|transfer-encoding|expect|user-agent|accept-encoding|accept-language|cache-control|pragma|origin|referer|dnt|priority|sec-.*)$/i
/** In place of what is not shown: variables of whoever pastes it. */
const HIDDEN = '•••'
const VARIABLES: Readonly<Record<string, string>> = {
  authorization: '$TOKEN',
  'x-api-key': '$API_KEY',
  cookie: '$COOKIE',
  'x-amz-security-token': '$AWS_SESSION_TOKEN',
}
const SIGNED =
  '--aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"'

/** A command line for bash that sends this request. */
export function toCurl({ method, origin, target, headers, body, signed = false }: CurlRequest): string {
  const words = ['curl']
  const hasBody = body !== undefined && (body instanceof FormData || body.length > 0)
  if (method === 'HEAD') words.push('--head')
  else if (method !== (hasBody ? 'POST' : 'GET')) words.push('-X', word(method))
  // A target that is no path, or that curl would cut at its fragment.
  const odd = !target.startsWith('/') || target.includes('#')
  const url = bytesOf(odd ? `${origin}/` : origin + target)
  // curl gives these characters a meaning in URLs, and takes `.` and `..` out of paths.
  if (!odd && /[[\]{}]/.test(target)) words.push('--globoff')
  if (!odd && /^\/\/|\/\.{1,2}(\/|\?|$)/.test(target)) words.push('--path-as-is')
  if (odd) words.push('--request-target', quote(bytesOf(target)))
  words.push(quote(url))
  const form = body instanceof FormData
  const sent = headers.filter(([name]) => !IMPLIED.test(name) && !(form && /^content-type$/i.test(name)))
  for (const [name, value] of sent) words.push('-H', header(name, value))
  if (signed) words.push(SIGNED)
  if (!hasBody) return words.join(' ')
  if (form) return [...words, ...[...body].map(part)].join(' ')
  if (!sent.some(([name]) => /^content-type$/i.test(name))) words.push('-H', "'content-type:'")
  if (!body.includes(0) && utf8(body) !== undefined) return [...words, '--data-raw', quote(body)].join(' ')
  return `printf %s ${base64(body)} | base64 -d | ${[...words, '--data-binary', '@-'].join(' ')}`
}

/** A text as one word of bash. */
export const word = (text: string): string => quote(new TextEncoder().encode(text))

/**
 * Bytes as one word of bash: what it reads is these bytes and nothing else, whatever they are.
 * @param bytes without a zero byte, which no argument of a program can have.
 */
export function quote(bytes: Uint8Array): string {
  const text = utf8(bytes)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const plain = text !== undefined && !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/.test(text)
  if (plain) return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
  const escaped = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `$'${escaped.join('')}'`
}

/** A part of a form: of a file its name, since a page does not know where it is. */
function part([name, value]: [string, string | File]): string {
  if (typeof value === 'string') return `--form-string ${word(`${name}=${value}`)}`
  const file = `"${value.name.replace(/["\\]/g, '\\$&')}"`
  return `-F ${word(`${name}=@${file}${value.type ? `;type=${value.type}` : ''}`)}`
}

function header(name: string, value: string): string {
  const variable = VARIABLES[name.toLowerCase()] ?? '$SECRET'
  if (value.endsWith(HIDDEN)) return `"${name}: ${value.slice(0, -HIDDEN.length).replace(/[^\w -]/g, '')}${variable}"`
  // A header without a value has a form of its own, or curl leaves it out.
  return quote(bytesOf(value === '' ? `${name};` : `${name}: ${value}`))
}

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
