import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { quote, toCurl } from './page/curl.ts'

const NOT_ZERO = fc.uint8Array({ minLength: 0, maxLength: 60 }).map((bytes) => bytes.filter((byte) => byte !== 0))
const TEXT = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => Buffer.from(text.replaceAll('\0', '')))
const SHELLY = fc
  .array(fc.constantFrom(...`'"\\$\`!#&|;<>(){}[]*?~=%@ \n\r\t\u001b`, "'\\''", '$(id)', '\\x41', '가', 'a'), {
    maxLength: 20,
  })
  .map((parts) => Buffer.from(parts.join('')))

function bash(script: string | Buffer): Buffer {
  const { stdout, stderr, status } = spawnSync('bash', [], { input: script, maxBuffer: 1e8 })
  assert.equal(status, 0, stderr.toString())
  return stdout
}

/** What a command line becomes: the arguments of curl, and what it reads from its standard input. */
function run(command: string): { args: Buffer[]; input: Buffer } {
  const curl = `curl() { printf '%s\\0' "$@"; printf '\\0'; case "$*" in *@-) cat;; esac; }\nTOKEN=t0k API_KEY=k3y\n`
  const output = bash(`${curl}${command}\n`)
  const end = output.length > 0 && output[0] === 0 ? 0 : output.indexOf('\0\0')
  const args: Buffer[] = []
  for (
    let start = 0, next = output.indexOf(0);
    next <= end && next >= 0;
    start = next + 1, next = output.indexOf(0, start)
  )
    args.push(output.subarray(start, next))
  return { args, input: output.subarray(end + 2) }
}

test('bash reads back every byte that was quoted', () => {
  // One bash for many words, since each start costs milliseconds.
  fc.assert(
    fc.property(fc.array(fc.oneof(NOT_ZERO, TEXT, SHELLY), { minLength: 100, maxLength: 300 }), (words) => {
      const output = bash(`printf '%s\\0' ${words.map((word) => quote(word)).join(' ')}`)
      assert.deepEqual(output, Buffer.concat(words.flatMap((word) => [Buffer.from(word), Buffer.from([0])])))
    }),
    { numRuns: 25 },
  )
})

test('a line gives curl the body that it was made of, whatever its bytes', () => {
  const bodies = fc.oneof(fc.uint8Array({ maxLength: 400 }), NOT_ZERO, TEXT, SHELLY)
  fc.assert(
    fc.property(bodies, (bytes) => {
      const line = toCurl({
        method: 'POST',
        origin: 'http://localhost',
        target: '/x',
        headers: [['content-type', 'a/b']],
        body: bytes,
      })
      const { args, input } = run(line)
      const sent = args.at(-2)?.toString() === '--data-raw' ? args.at(-1) : input
      if (bytes.length === 0) assert.equal(args.at(-1)?.toString(), 'content-type: a/b')
      else assert.deepEqual(Buffer.from(sent ?? ''), Buffer.from(bytes))
    }),
    { numRuns: 60 },
  )
})

test('a line is short where the request is plain', () => {
  const origin = 'http://localhost:3000'
  const target = '/default/items'
  const url = origin + target
  const browser = [
    ['Host', 'localhost:3000'],
    ['User-Agent', 'Mozilla'],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Content-Length', '2'],
  ] as const
  assert.equal(
    toCurl({ method: 'GET', origin, target: `${target}?limit=2&after=1`, headers: browser, body: undefined }),
    `curl '${url}?limit=2&after=1'`,
  )
  assert.equal(
    toCurl({
      method: 'POST',
      origin,
      target,
      headers: [...browser, ['Content-Type', 'application/json']],
      body: Buffer.from('{"name":"O\'Neill"}'),
    }),
    `curl ${url} -H 'Content-Type: application/json' --data-raw '{"name":"O'\\''Neill"}'`,
  )
  assert.equal(toCurl({ method: 'DELETE', origin, target, headers: [], body: undefined }), `curl -X DELETE ${url}`)
  assert.equal(toCurl({ method: 'HEAD', origin, target, headers: [], body: undefined }), `curl --head ${url}`)
})

test('curl changes nothing of it', () => {
  const { args } = run(
    toCurl({
      method: 'POST',
      origin: 'http://localhost',
      target: '/a/../b?x=[1]',
      headers: [['x-empty', '']],
      body: Buffer.from('x'),
    }),
  )
  assert.deepEqual(args.map(String), [
    ...['--globoff', '--path-as-is', 'http://localhost/a/../b?x=[1]'],
    ...['-H', 'x-empty;', '-H', 'content-type:', '--data-raw', 'x'],
  ])
})

test('credentials are variables of whoever pastes the line', () => {
  const headers = [
    ['authorization', 'Bearer •••'],
    ['x-api-key', '•••'],
  ] as const
  const line = toCurl({ method: 'GET', origin: 'http://localhost', target: '/', headers, body: undefined })
  assert.match(line, /-H "authorization: Bearer \$TOKEN" -H "x-api-key: \$API_KEY"$/)
  assert.deepEqual(run(line).args.slice(1).map(String), ['-H', 'authorization: Bearer t0k', '-H', 'x-api-key: k3y'])
})

test('a line goes to the host of the API, whatever the path that was asked for', () => {
  const argsOf = (target: string) =>
    run(toCurl({ method: 'GET', origin: 'http://localhost:3000', target, headers: [] })).args.map(String)
  assert.deepEqual(argsOf('//evil.example/x'), ['--path-as-is', 'http://localhost:3000//evil.example/x'])
  assert.deepEqual(argsOf('/..//evil.example'), ['--path-as-is', 'http://localhost:3000/..//evil.example'])
  for (const odd of ['http://evil.example/x', '*', '@evil.example/', '/a#b'])
    assert.deepEqual(argsOf(odd), ['--request-target', odd, 'http://localhost:3000/'])
})

test('the parts of a form are its own, whatever their names', () => {
  const body = new FormData()
  body.append('title', '@/etc/passwd;type=x')
  body.append('file', new File(['x'], 'a "b";c,\\d.txt', { type: 'text/plain' }))
  const { args } = run(toCurl({ method: 'POST', origin: 'http://localhost', target: '/x', headers: [], body }))
  const file = 'file=@"a \\"b\\";c,\\\\d.txt";type=text/plain'
  assert.deepEqual(args.slice(1).map(String), ['--form-string', 'title=@/etc/passwd;type=x', '-F', file])
})
