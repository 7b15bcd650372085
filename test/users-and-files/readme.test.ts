import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('the table of the middy stack has its middlewares in their order, and statuses that the API description has', () => {
  const [, table = ''] = /^\| middleware \|.*\n.*\n((?:\|.*\n)+)/m.exec(read('README.md')) ?? []
  const used = (file: string) => [...read(`functions/${file}`).matchAll(/\.use\((\w+)/g)].map(([, name]) => name)
  const shown = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  for (const [handler, others] of [
    ['rds/handler.ts', ['multipartBody']],
    ['s3/handler.ts', ['databaseCredentials']],
  ] as const) {
    const stack = shown.filter((name) => !others.some((other) => other === name))
    assert.deepEqual(stack, [...used('http/http-stack.ts'), ...used(handler)])
  }
  const description = read('docs/openapi/rds.json') + read('docs/openapi/s3.json')
  for (const [status] of table.matchAll(/\b\d{3}\b/g))
    assert.ok(status === '405' || description.includes(`"${status}": {`), status)
})
