import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from '../../test/helpers/gateway.ts'
import { banner, report } from './output.ts'
import type { AccessWiring } from './wiring/access.ts'

const keys = { credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' } }

/** What is printed, where methods ask this of their callers. */
function print(access?: AccessWiring, { apiKey = 'local', isGiven = false } = {}): string {
  const { methods, ...rest } = api(['ANY /rds', 'ANY /s3'])
  const wiring = {
    functions: [],
    apis: [{ ...rest, methods: methods.map((each) => ({ ...each, ...(access && { access }) })) }],
  }
  return banner({ port: 3000, wiring, database: 'here', isGiven, local: '.local', keys: { ...keys, apiKey } })
}

/** The lines to paste. */
function lines(access?: AccessWiring, options = {}): string[] {
  return print(access, options)
    .split('\n')
    .flatMap((line) => (line.startsWith('  curl ') ? [line.trim()] : []))
}

test('each of the lines to paste carries what the APIs ask of callers', () => {
  const authorizer = { type: 'authorizer', functionName: 'auth', pattern: '.*', lifetime: 0 } as const
  const expected = [
    [undefined, 'curl http://'],
    [{ type: 'api-key' }, "curl -H 'x-api-key: local' http://"],
    [{ type: 'iam' }, 'curl --aws-sigv4 aws:amz:ap-northeast-2:execute-api -u AKIA:secret http://'],
    [authorizer, 'curl -H "authorization: Bearer $TOKEN" http://'],
  ] as const
  for (const [access, start] of expected) {
    assert.equal(lines(access).length, 3)
    for (const line of lines(access)) assert.ok(line.startsWith(start), line)
  }
  // A form cannot be signed by curl.
  assert.ok(lines().some((line) => line.includes(' -F ')) && !lines({ type: 'iam' }).join().includes(' -F '))
  // A key from the settings is named and not shown.
  for (const line of lines({ type: 'api-key' }, { apiKey: 'from .env' }))
    assert.ok(line.startsWith('curl -H "x-api-key: $API_KEY" http://'), line)
})

test('nothing that a caller sent reaches the terminal as a command', (t) => {
  const printed: string[] = []
  for (const stream of [process.stdout, process.stderr])
    t.mock.method(stream, 'write', (text: string) => printed.push(text) > 0)
  report.output('{"a":"\x9b2J"}\n\x1b[2J')
  report.line('\u202e')
  t.mock.restoreAll()
  assert.deepEqual(printed, ['{"a":"\\u009b2J"}\n\\u001b[2J\n', 'dev: \\u202e\n'])
})

test("open APIs on a database of one's own are said to be open to every page", () => {
  assert.match(
    print(undefined, { isGiven: true }),
    /here\n +any web page that you visit can read and change it; API_SECURITY=api-key/,
  )
  assert.doesNotMatch(print(), /web page/)
  assert.doesNotMatch(print({ type: 'api-key' }, { isGiven: true }), /web page/)
})

test('a request that the gateway refuses is one line, with its reason and without what commands a terminal', (context) => {
  const { mock } = context.mock.method(process.stderr, 'write', () => true)
  const answer = { status: 400, headers: [], body: Buffer.of() }
  const target = '/default/rds?a={\u009b2J'
  report.request({ requestId: 'r', httpMethod: 'GET', rawHeaders: [], answer, target, duration: 1 })
  const [line] = mock.calls[0]?.arguments ?? []
  assert.match(
    String(line),
    /^dev: GET \/default\/rds\?a=\{%C2%9B2J 400 by the gateway, 1 ms \(API Gateway wants .* percent-encoded\)\n$/,
  )
})
