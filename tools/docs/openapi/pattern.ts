/** Escapes that JavaScript (with and without the flag `u`), Python, Java, Go, Rust and .NET all have, but for `\b`. */
const ESCAPES = /\\(?:[dDwWsStnrf^$\\.*+?()[\]{}|-]|x[\da-fA-F]{2}|u(?![dD][89a-fA-F])[\da-fA-F]{4})/g
/**
 * What some of them lack beside these: other escapes, look-around and named groups, sets of sets, empty classes, backspaces, more than 999
 * repetitions, code points over U+FFFF.
 */
const FOREIGN = /\\[^b]|\(\?[^:]|&&|--|~~|\[[^\]]*(?:\[|\\b)|\[\^?\]|\{(?:\d+,)?\d{4}|[\ud800-\udfff]/

/** The source of a regular expression for every language; `undefined` for one that has flags, or may need what some of them lack. */
export function portable({ source, flags }: RegExp): string | undefined {
  const pattern = source.replaceAll(/\\(?:u00(?=[\da-f]{2})|.)/gis, (token) =>
    token === '\\/' ? '/' : token.replace('u00', 'x'),
  )
  if (/[^u]/.test(flags) || FOREIGN.test(pattern.replaceAll(ESCAPES, '_'))) return undefined
  try {
    return new RegExp(pattern, 'u') && pattern
  } catch {
    return undefined
  }
}
