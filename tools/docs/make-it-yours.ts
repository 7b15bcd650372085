/**
 * `node tools/docs/make-it-yours.ts`: makes the diffs in docs/make-it-yours.md anew, after the code around them has changed. One that does
 * not fit any more is to be mended by hand in the document: git says what is wrong with its lines; and then this again.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyDiff, copyOfCheckout, DOCUMENT, filesOf, sections, withDiffs } from '../../test/helpers/checkout.ts'

/** Lines around a change: few, so that a diff fits where another section's has been applied, or has not. */
const CONTEXT = 2

const { folder, remove } = copyOfCheckout()
const git = (...args: readonly string[]) =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 })

/** Id of all files as they are now: a tree, which needs no commit and so no author. */
function snapshot(): string {
  git('add', '--all', '.', ':!node_modules')
  return git('write-tree').trim()
}

/** A diff as git makes it from what it changes, its files in the order that it has. */
function anew(diff: string): string {
  const before = snapshot()
  // With less context than a reader's: code that has changed beside a diff is no reason to write it again.
  applyDiff(folder, diff, '-C1')
  const order = join(folder, '.git/order')
  writeFileSync(order, filesOf(diff).join('\n'))
  // Unlike `git diff` it looks at nobody's configuration.
  const changed = git('diff-tree', '-p', `-U${CONTEXT}`, `-O${order}`, before, snapshot())
  return changed.replaceAll(/^index .*\n/gm, '')
}

try {
  git('init', '--quiet')
  const diffs = sections().flatMap(({ heading, diffs }) =>
    diffs.map((diff) => {
      try {
        return anew(diff)
      } catch (error) {
        throw new Error(`${heading}, ${filesOf(diff).join(', ')}: ${(error as Error).message}`)
      }
    }),
  )
  writeFileSync(DOCUMENT, withDiffs(diffs))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
} finally {
  remove()
}
