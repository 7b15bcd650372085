/** README.md and docs/: links and names exist, and excerpts match the sources. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../../tools/process/command.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const documents = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })]
/** With the targets of folders that may be deleted. */
const makefile = globSync(['Makefile', 'tools/*/*.mk'], { cwd: ROOT }).map(read).join('\n')

const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
/** Text in code spans and shell blocks. */
const codeIn = (text: string) =>
  [...text.matchAll(/^```(?:sh|console)?\n(.*?)^```|`([^`\n]+)`/gms)].map(([, block, span]) => block ?? span).join('\n')

test('links have targets', () => {
  for (const path of documents)
    for (const [, target = ''] of read(path)
      .replaceAll(/^```.*?^```$/gms, '')
      .matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file, anchor] = target.split('#')
      const found = file ? join(dirname(path), file) : path
      assert.ok(existsSync(join(ROOT, found)), `${path}: ${target}`)
      if (anchor !== undefined) assert.ok(anchorsOf(read(found)).includes(anchor), `${path}: ${target}`)
    }
})

test('commands exist in the Makefile', () => {
  for (const path of documents)
    for (const [, verb = ''] of codeIn(read(path)).matchAll(/\bmake ([a-z][a-z-]*)/g))
      assert.match(makefile, new RegExp(`^${verb}:.* ## `, 'm'), `${path}: make ${verb}`)
})

test('settings and variables exist in docs/settings.md, the README or the Makefile', () => {
  const known = `${read('docs/settings.md')}${read('README.md')}${makefile} RDS_URL`
  for (const path of ['docs/operations.md', 'docs/from-ec2.md'])
    for (const [name] of codeIn(read(path)).matchAll(
      /(?<![\w/-])[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b|(?<![\w/-])[A-Z]{2,}(?==)/g,
    ))
      assert.match(known, new RegExp(`\\b${name}\\b`), path)
})

test('the table of the middy stack has its middlewares in order, and statuses of the API description', () => {
  const [table = ''] = /^\| middleware \|.*\n(\|.*\n)+/m.exec(read('README.md')) ?? []
  const used = (file: string) => [...read(`functions/${file}`).matchAll(/\.use\((\w+)/g)].map(([, name]) => name)
  const shown = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  const stack = (name: string) => [...used('http/http-stack.ts'), ...used(`${name}/handler.ts`)]
  const without = (name: string) => shown.filter((each) => each !== name)
  assert.deepEqual([without('multipartBody'), without('databaseCredentials')], [stack('rds'), stack('s3')])
  const description = read('docs/openapi/rds.json') + read('docs/openapi/s3.json')
  for (const [status] of table.matchAll(/\b\d{3}\b/g))
    assert.ok(status === '405' || description.includes(`"${status}": {`), status)
})
