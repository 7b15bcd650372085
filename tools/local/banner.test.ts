import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import type { ApiDefinition } from '../../functions/http/api-definition.ts'
import { api } from '../../test/helpers/gateway.ts'
import { banner } from './banner.ts'
import { report } from './report.ts'
import type { AccessWiring } from './wiring/methods.ts'

const text = v.pipe(v.string(), v.examples(["it's"]))
const body = { json: v.object({ text, more: v.optional(text) }) }
const add = { operationId: 'add', summary: 'Add', body, answers: {} }
const list = { operationId: 'list', summary: 'List', query: v.object({ after: v.optional(text) }), answers: {} }
const notes: ApiDefinition = { title: '', description: '', routes: { 'GET /notes': list, 'POST /notes': add } }

/** Prints the banner for methods with this authorization. */
function print(access?: AccessWiring, { apiKey = 'local', given = [] as string[] } = {}): string {
  const { methods, ...rest } = api(['ANY /notes', 'ANY /notes/{proxy+}'])
  const apis = [{ ...rest, methods: methods.map((each) => ({ ...each, ...(access && { access }) })) }]
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' }
  return banner(3000, apis, [notes], { apiKey, credentials }, { database: 'here', debugger: undefined }, given)
}

const url = 'http://localhost:3000/default/notes'

test('lists the console, every route and every local service', () => {
  assert.match(print(), /^\n {2}http:\/\/localhost:3000\/ {2}the console.*\n\n/)
  assert.ok(print().includes(`\n\n  ${url}  GET POST\n  ${url}/{proxy+}  ANY\n\n  curl`))
  assert.match(print(), /\n\n {2}database {2}here\n {2}Ctrl-C stops it/)
})

test('has lines to paste with credentials, and names a configured key without its value', () => {
  const authorizer = { type: 'authorizer', functionName: 'a', pattern: '.*', lifetime: 0 } as const
  const expected: [options: string, access?: AccessWiring, apiKey?: string][] = [
    [''],
    [" -H 'x-api-key: local'", { type: 'api-key' }],
    [' -H "x-api-key: $API_KEY"', { type: 'api-key' }, 'from .env'],
    [' --aws-sigv4 aws:amz:ap-northeast-2:execute-api -u AKIA:secret', { type: 'iam' }],
    [' -H "authorization: Bearer $TOKEN"', authorizer],
  ]
  const body = `'{"text":"it'\\''s","more":"it'\\''s"}'`
  for (const [options, access, apiKey] of expected)
    assert.deepEqual(print(access, { apiKey }).match(/curl .*/g), [
      `curl${options} ${url} -H 'content-type: application/json' --data-raw ${body}`,
      `curl${options} ${url}`,
    ])
})

test('warns that open APIs on configured resources are open to every page', () => {
  const given = ['HOST=db.example.com']
  assert.match(print(undefined, { given }), /settings {2}HOST=db\.example\.com\n +any web page .* API_SECURITY/)
  assert.doesNotMatch(print(undefined, { given: ['MODE=debug'] }), /web page/)
  assert.doesNotMatch(print({ type: 'api-key' }, { given }), /web page/)
})

test('logs refused requests with their reason, and escapes control characters', (t) => {
  const printed: string[] = []
  for (const stream of [process.stdout, process.stderr])
    t.mock.method(stream, 'write', (text: string) => printed.push(text) > 0)
  report.output('{"a":"\x9b2J"}\n\x1b[2J')
  report.line('\u202e')
  const answer = { status: 400, headers: [], body: Buffer.of() }
  const target = '/default/notes?a={\u009b2J'
  report.request({ requestId: 'r', httpMethod: 'GET', rawHeaders: [], answer, target, duration: 1 })
  t.mock.restoreAll()
  const reason = 'API Gateway wants " < > \\ ^ ` { | } percent-encoded'
  assert.deepEqual(printed, [
    '{"a":"\\u009b2J"}\n\\u001b[2J\n',
    'dev: \\u202e\n',
    `dev: GET /default/notes?a={%C2%9B2J 400 by the gateway, 1 ms (${reason})\n`,
  ])
})
