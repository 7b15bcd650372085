import { decodeText } from '../text.ts'

const ENCODED_WORD = String.raw`=\?([^\s?*]+)(?:\*[^\s?]*)?\?(?:B\?([A-Z\d+/]*=*)|Q\?([^\s?]*))\?=`
const ENCODED_WORDS = new RegExp(`^\\s*(?:${ENCODED_WORD}\\s*)+$`, 'i')

/**
 * Returns a file's name from the parameters of its part's Content-Disposition, without folders. Non-ASCII names arrive raw or in one of
 * three encodings; docs/decisions/0010-text-and-file-names.md defines which names count as encoded.
 * @throws Error if an encoding is damaged.
 */
export function partFilename(parameters: ReadonlyMap<string, string>): string | undefined {
  const extended = parameters.get('filename*')
  const name = extended === undefined ? parameters.get('filename') : decodeExtended(extended)
  // Folders are removed after decoding: base64 contains slashes, too.
  return (extended === undefined && name ? decodePlain(name) : name)?.replace(/^.*[/\\]/s, '')
}

/** Decodes `charset'language'percent-encoded` (RFC 8187), which .NET and Python send with or instead of `filename`. */
function decodeExtended(value: string): string {
  const [, charset, encoded = ''] = /^([^']+)'[^']*'(.*)$/s.exec(value) ?? []
  if (charset === undefined) throw new Error("filename* is not charset'language'text")
  return decodeText(unescaped(encoded, '%'), charset)
}

function decodePlain(name: string): string {
  if (/=\?[^\s?]+\?[BQ]\?/i.test(name)) return decodeWords(name)
  // RFC 7578, 4.2, as sent by aiohttp and Apache HttpClient. Browsers encode only quotes, CR and LF (`%22`, `%0D`, `%0A`).
  if (!/^(?:[!-$&-~]|%[\da-f]{2})+$/i.test(name) || !/%[89a-f]/i.test(name)) return name
  try {
    return decodeText(unescaped(name, '%'))
  } catch {
    return name
  }
}

/** Decodes encoded-words (RFC 2047), as sent by PowerShell, .NET and Spring. A character may be split between two of them. */
function decodeWords(text: string): string {
  if (!ENCODED_WORDS.test(text)) throw new Error('filename mixes encoded-words with other text')
  const runs: { charset: string; bytes: Buffer }[] = []
  for (const [, charset = '', base64, quoted = ''] of text.matchAll(new RegExp(ENCODED_WORD, 'gi'))) {
    const bytes = base64 === undefined ? unescaped(quoted.replaceAll('_', ' '), '=') : Buffer.from(base64, 'base64')
    const last = runs.at(-1)
    if (last?.charset === charset) last.bytes = Buffer.concat([last.bytes, bytes])
    else runs.push({ charset, bytes })
  }
  return runs.map(({ charset, bytes }) => decodeText(bytes, charset)).join('')
}

/** Decodes text in which `mark` and two hexadecimal digits encode a byte. */
function unescaped(text: string, mark: '%' | '='): Buffer {
  const bytes = Buffer.from(text).toString('latin1')
  if (new RegExp(`${mark}(?![\\da-f]{2})`, 'i').test(bytes)) throw new Error(`It has a ${mark} without a hex code`)
  const decoded = bytes.replaceAll(new RegExp(`${mark}(..)`, 'g'), (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return Buffer.from(decoded, 'latin1')
}
