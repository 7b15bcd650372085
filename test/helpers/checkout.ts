import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')
export const DOCUMENT = join(ROOT, 'docs/make-it-yours.md')

/** A section of docs/make-it-yours.md that changes something. */
export interface Section {
  readonly heading: string
  /** In the order in which they are applied. */
  readonly diffs: readonly string[]
  /** What the changed program answers. */
  readonly examples: readonly { readonly command: string; readonly answer: string }[]
}

const DIFF = /(?<=^```diff\n).*?(?=^```$)/gms
const EXAMPLE = /^\$ (?<command>curl .*)\n(?<answer>\{.*\})$/gm

export function sections(): Section[] {
  const [, ...parts] = readFileSync(DOCUMENT, 'utf8').split(/^## /m)
  return parts
    .map((part) => ({
      heading: part.slice(0, part.indexOf('\n')),
      diffs: part.match(DIFF) ?? [],
      examples: [...part.matchAll(EXAMPLE)].map(([, command = '', answer = '']) => ({ command, answer })),
    }))
    .filter(({ diffs }) => diffs.length > 0)
}

/** The document with other diffs, in their order. */
export function withDiffs(diffs: readonly string[]): string {
  const rest = [...diffs]
  return readFileSync(DOCUMENT, 'utf8').replaceAll(DIFF, () => rest.shift() ?? '')
}

/** Files that a diff changes or makes, in its order. */
export const filesOf = (diff: string): string[] => [...diff.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, file = '']) => file)

/** A copy of the checkout as it is now, committed or not, with the packages of this one. */
export function copyOfCheckout(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'yours-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  for (const file of files.toString().split('\0')) {
    // A file that was removed, and that not committed, is still listed.
    if (file !== '' && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(folder, file))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

/**
 * `git apply` in a folder, which need not be a repository.
 * @param options e.g. `--check`, which changes nothing.
 * @throws Error with what git says where the diff does not fit.
 */
export function applyDiff(folder: string, diff: string, ...options: readonly string[]): void {
  // Within another repository git would look for the files there.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: resolve(folder, '..') }
  execFileSync('git', ['apply', ...options], { cwd: folder, env, input: diff, stdio: 'pipe' })
}
