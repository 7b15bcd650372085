import { decodeText } from '../text.ts'

const ENCODED_WORD = String.raw`=\?([^\s?*]+)(?:\*[^\s?]*)?\?(?:B\?([A-Z\d+/]*=*)|Q\?([^\s?]*))\?=`
const ENCODED_WORDS = new RegExp(`^\\s*(?:${ENCODED_WORD}\\s*)+$`, 'i')

/**
 * The name that a client gave a file, from the parameters of its part's Content-Disposition, without folders. Names that are not ASCII come
 * raw or in one of three encodings: docs/decisions/0010-text-and-file-names.md says what counts as encoded.
 * @throws Error where an encoding is damaged.
 */
export function partFilename(parameters: ReadonlyMap<string, string>): string | undefined {
  const extended = parameters.get('filename*')
  const name = extended === undefined ? parameters.get('filename') : decodeExtended(extended)
  // An encoded name may hold slashes that are none of its path's: those of base64.
  return (extended === undefined && name ? decodePlain(name) : name)?.replace(/^.*[/\\]/s, '')
}

/** `charset'language'percent-encoded` (RFC 8187), which .NET and Python send beside or in place of `filename`. */
function decodeExtended(value: string): string {
  const [, charset, encoded = ''] = /^([^']+)'[^']*'(.*)$/s.exec(value) ?? []
  if (charset === undefined) throw new Error("It is not charset'language'text")
  return decodeText(unescaped(encoded, '%'), charset)
}

function decodePlain(name: string): string {
  if (/=\?[^\s?]+\?[BQ]\?/i.test(name)) return decodeWords(name)
  // RFC 7578, 4.2, as aiohttp and Apache's client have it. Browsers write `%22`, `%0D` and `%0A` alone, and leave other bytes as they are.
  if (!/^(?:[!-$&-~]|%[\da-f]{2})+$/i.test(name) || !/%[89a-f]/i.test(name)) return name
  try {
    return decodeText(unescaped(name, '%'))
  } catch {
    return name
  }
}

/** Encoded-words (RFC 2047), as PowerShell, .NET and Spring send them. One character may be cut between two of them. */
function decodeWords(text: string): string {
  if (!ENCODED_WORDS.test(text)) throw new Error('It is not encoded-words alone')
  const runs: { charset: string; bytes: Buffer }[] = []
  for (const [, charset = '', base64, quoted = ''] of text.matchAll(new RegExp(ENCODED_WORD, 'gi'))) {
    const bytes = base64 === undefined ? unescaped(quoted.replaceAll('_', ' '), '=') : Buffer.from(base64, 'base64')
    const last = runs.at(-1)
    if (last?.charset === charset) last.bytes = Buffer.concat([last.bytes, bytes])
    else runs.push({ charset, bytes })
  }
  return runs.map(({ charset, bytes }) => decodeText(bytes, charset)).join('')
}

/** Bytes of text in which a mark and two hexadecimal digits stand for one of them. */
function unescaped(text: string, mark: '%' | '='): Buffer {
  const bytes = Buffer.from(text).toString('latin1')
  if (new RegExp(`${mark}(?![\\da-f]{2})`, 'i').test(bytes)) throw new Error(`It has a ${mark} that encodes nothing`)
  const decoded = bytes.replaceAll(new RegExp(`${mark}(..)`, 'g'), (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return Buffer.from(decoded, 'latin1')
}
