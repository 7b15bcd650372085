export interface HeaderValue {
  /** The part before the first semicolon, in lower case. */
  readonly type: string
  /** Names in lower case, values as they were meant: without quotes and escapes. Of a repeated name the first counts. */
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const TYPE = new RegExp(`^[ \\t]*(${TOKEN}(?:/${TOKEN})?)[ \\t]*(?=;|$)`)
// Unquoted values are taken more widely than RFC 9110's token: clients send boundaries with `/`, `=` or `:` unquoted.
// They begin with no blank, or a long run of blanks could be split in any place, which costs quadratic time.
const PARAMETER = new RegExp(
  `;[ \\t]*(?:(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"[ \\t]*|([^;" \\t][^;"]*)?))?(?=;|$)`,
  'y',
)

/**
 * Reads a Content-Type or Content-Disposition header (RFC 9110, 5.6.6): parameters in any order, quoted or not.
 * A backslash escapes quotes and backslashes alone, since old clients send whole Windows paths unescaped.
 * @returns `undefined` where it is malformed.
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
