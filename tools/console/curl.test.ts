import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CurlRequest, quote, toCurl } from './page/curl.ts'

const SHELLY = fc.constantFrom(...`'"\\$\`!#&|;<>(){}[]*?~=%@ \n\r\t\u001b\u0085`, "'\\''", '$(id)', '\\x41', '가', 'a')
const TEXT = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: SHELLY }))
  .map((text) => text.replaceAll('\0', '').toWellFormed())

/** Arguments that curl receives from a command line. */
function argumentsOf(request: Partial<CurlRequest>): string[] {
  const line = toCurl({ method: 'GET', origin: 'http://localhost:3000', target: '/x', headers: [], ...request })
  return read(`curl() { printf '%s\\0' "$@"; }\nTOKEN=t0k API_KEY=k3y\n${line}\n`)
}

function read(script: string): string[] {
  const { stdout, stderr, status } = spawnSync('bash', [], { input: script, maxBuffer: 1e8, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout.split('\0').slice(0, -1)
}

test('quotes any text for bash, without control characters', () => {
  // One bash for many words: each start costs milliseconds.
  const quotes = fc.property(fc.array(TEXT, { minLength: 100, maxLength: 300 }), (words) => {
    const quoted = words.map(quote).join(' ')
    assert.deepEqual(read(`printf '%s\\0' ${quoted}`), words)
    assert.doesNotMatch(quoted, /(?!\n)\p{Cc}/u)
  })
  fc.assert(quotes, { numRuns: 25 })
})

test('writes a short command for a plain request', () => {
  const headers = ['Host', 'User-Agent', 'Sec-Fetch-Site', 'Content-Length'].map((name) => [name, 'x'] as const)
  const line = (method: string, more: Partial<CurlRequest> = {}) =>
    toCurl({ method, origin: 'http://localhost:3000', target: '/items?limit=2', headers, ...more })
  const url = "'http://localhost:3000/items?limit=2'"
  const lines = [`curl ${url}`, `curl --head ${url}`, `curl -X DELETE ${url}`]
  assert.deepEqual([line('GET'), line('HEAD'), line('DELETE')], lines)
  const json = [...headers, ['Content-Type', 'application/json']] as const
  const post = `curl ${url} -H 'Content-Type: application/json' --data-raw '{"name":"O'\\''Neill"}'`
  assert.equal(line('POST', { headers: json, body: '{"name":"O\'Neill"}' }), post)
})

test('sends the request unchanged, to its own URL', () => {
  const server = ['http://localhost:3000/']
  const targets = ['/a/../b', '/..//evil.example', '/%2e%2E/b', '/x?y=[1]{2}', '//evil.example/x']
  for (const target of [...targets, 'http://evil.example/x', '*', '@evil.example/', '/a#b'])
    assert.deepEqual(argumentsOf({ target }), ['--request-target', target, ...server])
  assert.deepEqual(argumentsOf({ method: 'POST', target: '/a..b?c=..', headers: [['x-empty', '']], body: '@x' }), [
    ...['http://localhost:3000/a..b?c=..', '-H', 'x-empty;', '-H', 'content-type:', '--data-raw', '@x'],
  ])
})

test('replaces credentials by shell variables', () => {
  const headers = [
    ['Authorization', 'Bearer `id`'],
    ['x-api-key', '•••'],
  ] as const
  const sent = argumentsOf({ headers }).filter((each) => each.includes(': '))
  assert.deepEqual(sent, ['Authorization: Bearer t0k', 'x-api-key: k3y'])
})

test('keeps form parts apart under any name', () => {
  const body = new FormData()
  body.append('title', '@/etc/passwd;type=x')
  body.append('file', new File(['x'], 'a "b";c,\\d.txt', { type: 'text/plain' }))
  const file = 'file=@"a \\"b\\";c,\\\\d.txt";type=text/plain'
  assert.deepEqual(argumentsOf({ method: 'POST', headers: [['content-type', 'multipart/form-data']], body }), [
    ...['http://localhost:3000/x', '--form-string', 'title=@/etc/passwd;type=x', '-F', file],
  ])
})
