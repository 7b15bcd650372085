const HEX = '[\\da-fA-F]'
const ESCAPE = String.raw`\\[dDwWsStnrf^$\\.*+?()[\]{}|]|\\x${HEX}{2}|\\u(?![dD][89a-fA-F])${HEX}{4}`
const CHARACTER = String.raw`[^\\[\]{}\ud800-\udfff]`
const MEMBER = String.raw`(?!&&|--|~~)(?:${CHARACTER}|[{}])|\\-|${ESCAPE}`
const TIMES = String.raw`(?:\d{1,3}|1000)`
const PORTABLE = new RegExp(
  String.raw`^(?:(?!\(\?[^:])${CHARACTER}|\\b|${ESCAPE}|\[(?!\^?\])\^?(?:${MEMBER})+\]|\{${TIMES}(?:,${TIMES}?)?\})*$`,
)

/**
 * The source of a regular expression for JavaScript (with and without the flag `u`), Python, Java, Go, Rust and .NET.
 * @returns `undefined` for one with flags, or that may need what some of them lack: character properties, look-around, references, sets
 * of sets, needless escapes, code points over U+FFFF, more than 1,000 repetitions.
 */
export function portable({ source, flags }: RegExp): string | undefined {
  const pattern = source.replaceAll(/\\(?:u00(?=[\da-f]{2})|.)/gis, (token) =>
    token === '\\/' ? '/' : token.replace('u00', 'x'),
  )
  if (/[^u]/.test(flags) || !PORTABLE.test(pattern)) return undefined
  try {
    return new RegExp(pattern, 'u') && pattern
  } catch {
    return undefined
  }
}
