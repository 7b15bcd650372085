export interface HeaderValue {
  /** The part before the first semicolon, in lower case. */
  readonly type: string
  /** Values without quotes and escapes, by lower-case name. The first of a repeated name wins. */
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const TYPE = new RegExp(`^[ \\t]*(${TOKEN}(?:/${TOKEN})?)[ \\t]*(?=;|$)`)
// Unquoted values are broader than RFC 9110's token: clients send boundaries with `/`, `=` or `:` unquoted.
// They cannot begin with a blank, which would allow quadratic backtracking on a long run of blanks.
const PARAMETER = new RegExp(
  `;[ \\t]*(?:(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"[ \\t]*|([^;" \\t][^;"]*)?))?(?=;|$)`,
  'y',
)

/**
 * Parses a Content-Type or Content-Disposition header (RFC 9110, 5.6.6): parameters in any order, quoted or not.
 * A backslash escapes only quotes and backslashes: old clients send Windows paths unescaped.
 * @returns `undefined` if it is malformed.
 */
export function parseHeaderValue(value: string): HeaderValue | undefined {
  const start = TYPE.exec(value)
  if (!start?.[1]) return undefined
  const parameters = new Map<string, string>()
  PARAMETER.lastIndex = start[0].length
  while (PARAMETER.lastIndex < value.length) {
    const match = PARAMETER.exec(value)
    if (!match) return undefined
    const [, name, quoted, unquoted = ''] = match
    if (name && !parameters.has(name.toLowerCase())) {
      parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(["\\])/g, '$1') ?? unquoted.trimEnd())
    }
  }
  return { type: start[1].toLowerCase(), parameters }
}
