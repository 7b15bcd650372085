/** Escapes common to JavaScript (with and without the flag `u`), Python, Java, Go, Rust and .NET, except `\b`. */
const ESCAPES = /\\(?:[dDwWsStnrf^$\\.*+?()[\]{}|-]|x[\da-fA-F]{2}|u(?![dD][89a-fA-F])[\da-fA-F]{4})/g
/**
 * Syntax that some of them lack: other escapes, look-around and named groups, nested sets, empty classes, backspaces, more than 999
 * repetitions, code points over U+FFFF.
 */
const FOREIGN = /\\[^b]|\(\?[^:]|\[[^\]]*(?:\[|\\b|&&|--|~~)|\[\^?\]|\{(?:\d+,)?\d{4}|[\ud800-\udfff]/

/** Converts a regular expression for every language; `undefined` if it has flags, or syntax that some languages lack. */
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
