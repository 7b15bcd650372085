import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

test('the table of the middy stack has its middlewares in their order, and statuses that the API description has', () => {
  const [, table = ''] = /^\| middleware \|.*\n.*\n((?:\|.*\n)+)/m.exec(read('README.md')) ?? []
  const stack = [...read('functions/http/stack.ts').matchAll(/\.use\((?:\[\.\.\.)?(\w+)/g)].map(([, name]) => name)
  assert.deepEqual(
    [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name),
    stack,
  )
  const description = read('docs/openapi.json')
  for (const [status] of table.matchAll(/\b\d{3}\b/g))
    assert.ok(status === '405' || description.includes(`"${status}": {`), status)
})
