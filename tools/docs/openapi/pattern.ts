const TOKEN = /\\(?:x[\da-f]{2}|u[\da-f]{4}|.)|\{\d+(?:,\d*)?\}|\(\?:?|&&|--|~~|./gisu
/** Classes, white space, code points up to U+FFFF that are no half of a pair, and signs that the flag `u` lets escape. */
const ESCAPE = /^\\(?:[dDwWsStnrf]|x[\da-f]{2}|u(?!d[89a-f])[\da-f]{4}|[\^$\\.*+?()[\]{}|])$/i

/**
 * A regular expression as JavaScript (with and without the flag `u`), Python, Java, Go, Rust and .NET compile it.
 * @returns `undefined` for one that needs what some of them lack: character properties, look-around, references, sets of sets, code
 * points over U+FFFF, more than 1,000 repetitions.
 */
export function portable(source: string): string | undefined {
  let inClass = false
  let pattern = ''
  for (const [token] of source.matchAll(TOKEN)) {
    const text = token.startsWith('\\') ? escaped(token, inClass) : inClass ? member(token) : part(token)
    if (text === undefined) return undefined
    if (token === '[') inClass = true
    if (token === ']') inClass = false
    pattern += text
  }
  // Some languages read `[]` and `[^]` as the beginning of a longer class.
  return /(?<!\\)\[\^?\]/.test(pattern) || !compiles(pattern) ? undefined : pattern
}

function escaped(token: string, inClass: boolean): string | undefined {
  if (ESCAPE.test(token)) return token.replace(/^\\u00/, '\\x')
  if (token === (inClass ? '\\-' : '\\b')) return token
  // Needless escapes, such as that of a slash.
  return /[\w\s]/.test(token) ? undefined : part(token.slice(1))
}

const isAstral = (token: string) => /[\ud800-\udfff]/.test(token)

const member = (token: string) =>
  token === '[' ? '\\[' : /^(&&|--|~~)$/.test(token) || isAstral(token) ? undefined : token

const part = (token: string) =>
  token === '(?' || Number(/(\d+)\}$/.exec(token)?.[1] ?? 0) > 1000 || isAstral(token) ? undefined : token

function compiles(pattern: string): boolean {
  try {
    return [new RegExp(pattern), new RegExp(pattern, 'u')].length === 2
  } catch {
    return false
  }
}
