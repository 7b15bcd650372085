import { lstatSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Control characters, marks that show nothing, spaces other than the usual ones, and what stands for bytes that are no text. */
const UNREADABLE = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]|(?! )\p{Zs}/u

export interface Dotenv {
  readonly values: Readonly<Record<string, string>>
  /** One for each line that is refused, with its number and what to do, and without its value: it may be a password. */
  readonly problems: readonly string[]
}

/**
 * Reads lines `NAME=value` as Node.js, shells and Docker agree on them, and refuses the others: with a setting that is lost or cut,
 * a deployment would create something else. The file may be missing. UTF-16 is read if a byte-order mark says so: PowerShell writes it.
 */
export function readDotenv(file: string): Dotenv {
  const values: Record<string, string> = {}
  const lineOf = new Map<string, number>()
  const problems: string[] = []
  let text = ''
  try {
    text = decode(readFileSync(file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const missing = code === 'ENOENT' && lstatSync(file, { throwIfNoEntry: false }) === undefined
    if (!missing) problems.push(`${file} cannot be read (${code}): make it a file that you may read, or remove it`)
  }
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (/^[ \t]*(#|$)/.test(line)) continue
    const [, name, rest = ''] = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=(.*)$/.exec(line) ?? []
    const refuse = (problem: string) => problems.push(`${basename(file)}:${index + 1}: ${problem}`)
    if (UNREADABLE.test(line))
      refuse('has invisible or damaged characters: save the file as UTF-8, and type the line again')
    else if (name === undefined) refuse('is no assignment: write NAME=value, or # before a comment')
    else if (lineOf.has(name)) refuse(`${name} is in line ${lineOf.get(name)} already: remove one of the two`)
    else {
      lineOf.set(name, index + 1)
      const { value, problem } = unquote(rest)
      if (problem) refuse(`${name} ${problem}`)
      else values[name] = value
    }
  }
  return { values, problems }
}

function decode(bytes: Buffer): string {
  const mark = bytes.length > 1 ? bytes.readUInt16BE() : 0
  return new TextDecoder(mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8').decode(bytes)
}

function unquote(text: string): { value: string; problem?: string } {
  const [, quote, quoted = ''] = /^[ \t]*(['"`])(.*)$/.exec(text) ?? []
  if (quote === undefined) {
    const value = text.replace(/[ \t]#.*$/, '').replace(/^[ \t]+|[ \t]+$/g, '')
    const problem =
      'has a # that others take for a comment: put single quotes around the value, or a space before a comment'
    return value.includes('#') ? { value, problem } : { value }
  }
  const end = quoted.indexOf(quote)
  const value = quoted.slice(0, end)
  if (end < 0) return { value, problem: `has a ${quote} that is not closed in its line: close it` }
  if (!/^[ \t]*$|^[ \t]+#/.test(quoted.slice(end + 1)))
    return { value, problem: `has text after the closing ${quote}: put quotes of another kind around the value` }
  if (quote === '"' && value.includes('\\'))
    return { value, problem: 'has a \\ within double quotes, which others read otherwise: use single quotes' }
  return { value }
}
