import { lstatSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Control characters, invisible marks, unusual spaces, and U+FFFD, which replaces bytes that are not UTF-8. */
const UNREADABLE = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]|(?! )\p{Zs}/u

/** An assignment that Node.js, shells and Docker parse alike: an unquoted value without #, or a value in quotes of one kind. */
const ASSIGNMENT = new RegExp(
  [
    /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_]\w*)[ \t]*=[ \t]*/,
    /(?:(?<quote>['"`])(?<quoted>(?:(?!\k<quote>).)*)\k<quote>|(?![ \t'"`])(?<plain>[^#]*?))/,
    /[ \t]*(?:(?<=[ \t])#.*)?$/,
  ]
    .map(({ source }) => source)
    .join(''),
)

const ADVICE =
  'is ambiguous to other programs: write NAME=value, a value with # or quotes in single quotes, and a space before the # of a comment'

/**
 * Parses lines `NAME=value` of a file, which may be missing. Refuses lines that other programs parse differently: with a lost or truncated
 * setting, a deployment would create something else.
 * @returns the values, and a problem for each refused line, with its number. It omits the value, which may be a password.
 */
export function readDotenv(file: string): { values: Readonly<Record<string, string>>; problems: readonly string[] } {
  const values: Record<string, string> = {}
  const problems: string[] = []
  for (const [index, line] of linesOf(file, problems).entries()) {
    if (/^[ \t]*(#|$)/.test(line)) continue
    const { name, quote, quoted, plain } = ASSIGNMENT.exec(line)?.groups ?? {}
    const refuse = (problem: string) => problems.push(`${basename(file)}:${index + 1}: ${problem}`)
    if (UNREADABLE.test(line))
      refuse('has invisible or damaged characters: save the file as UTF-8, and type the line again')
    else if (name === undefined || (quote === '"' && quoted?.includes('\\'))) refuse(ADVICE)
    else if (Object.hasOwn(values, name)) refuse(`${name} is already set in a line above: remove one of the two`)
    else values[name] = quoted ?? plain ?? ''
  }
  return { values, problems }
}

function linesOf(file: string, problems: string[]): string[] {
  try {
    // A dangling link is an error, not a missing file.
    if (!lstatSync(file, { throwIfNoEntry: false })) return []
    return new TextDecoder().decode(readFileSync(file)).split(/\r?\n/)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    problems.push(`${file} cannot be read (${code}): make it a readable file, or remove it`)
    return []
  }
}
