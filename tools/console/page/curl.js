/**
 * Bytes as one word of bash: what it reads is these bytes and nothing else, whatever they are.
 * @param {Uint8Array} bytes Without a zero byte, which no argument of a program can have.
 */
export function quote(bytes) {
  const text = utf8(bytes)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (text === undefined || /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return quoteBytes(bytes)
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * A command line for bash that sends this request.
 * @param {object} request
 * @param {string} request.method
 * @param {string} request.url
 * @param {readonly (readonly [name: string, value: string])[]} request.headers A character of a value is a byte.
 * @param {Uint8Array | undefined} request.body
 */
export function toCurl({ method, url, headers, body }) {
  const words = ['curl']
  const hasBody = body !== undefined && body.length > 0
  const implied = hasBody ? 'POST' : 'GET'
  if (method === 'HEAD') words.push('--head')
  else if (method !== implied) words.push('-X', word(method))
  // curl gives these characters a meaning in URLs, and takes `.` and `..` out of paths.
  if (/[[\]{}]/.test(url)) words.push('--globoff')
  if (/\/\.{1,2}(\/|\?|$)/.test(url)) words.push('--path-as-is')
  words.push(word(url))
  const sent = headers.filter(([name]) => !IMPLIED.test(name))
  for (const [name, value] of sent) words.push('-H', header(name, value))
  if (hasBody && !sent.some(([name]) => /^content-type$/i.test(name))) words.push('-H', "'content-type:'")
  if (!hasBody) return words.join(' ')
  if (!body.includes(0) && utf8(body) !== undefined) return [...words, '--data-raw', quote(body)].join(' ')
  return `printf %s ${base64(body)} | base64 -d | ${[...words, '--data-binary', '@-'].join(' ')}`
}

/** What curl adds by itself, or only browsers send. */
const IMPLIED =
  /^(host|connection|content-length|transfer-encoding|expect|user-agent|accept-encoding|accept-language|cache-control|pragma|origin|referer|dnt|priority|sec-.*)$/i
/** In place of what is not shown: variables of whoever pastes it. */
const HIDDEN = '•••'
/** @type {Readonly<Record<string, string>>} */
const VARIABLES = {
  authorization: '$TOKEN',
  'x-api-key': '$API_KEY',
  cookie: '$COOKIE',
  'x-amz-security-token': '$AWS_SESSION_TOKEN',
}

/**
 * @param {string} name
 * @param {string} value
 */
function header(name, value) {
  const variable = VARIABLES[name.toLowerCase()] ?? '$SECRET'
  if (value.endsWith(HIDDEN)) return `"${name}: ${value.slice(0, -HIDDEN.length).replace(/[^\w -]/g, '')}${variable}"`
  // A header without a value has a form of its own, or curl leaves it out.
  return quote(Uint8Array.from(value === '' ? `${name};` : `${name}: ${value}`, (char) => char.charCodeAt(0)))
}

/** A text as one word of bash. @param {string} text */
export const word = (text) => quote(new TextEncoder().encode(text))

/** @param {Uint8Array} bytes */
function quoteBytes(bytes) {
  const escaped = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `$'${escaped.join('')}'`
}

/** @param {Uint8Array} bytes */
function utf8(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = ''
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192))
  return btoa(text)
}
