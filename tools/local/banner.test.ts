import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { defineApi } from '../../functions/http/api-definition.ts'
import { filePart } from '../../functions/http/multipart/file-part.ts'
import { api } from '../../test/helpers/gateway.ts'
import { banner } from './banner.ts'
import { report } from './report.ts'
import type { AccessWiring } from './wiring/access.ts'

const keys = { credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' } }
const title = v.pipe(v.string(), v.examples(["it's"]))
const query = v.object({ tag: v.pipe(v.string(), v.examples(['a b'])), page: v.optional(title) })
const route = { operationId: 'o', summary: 's', answers: { 200: null } }
const definition = defineApi({
  title: 'Notes',
  description: '',
  routes: {
    'GET /notes/{id}': { ...route, path: v.object({ id: title }) },
    'GET /notes': { ...route, query },
    'POST /notes/picture': { ...route, body: { multipart: v.object({ title, picture: filePart }) } },
    'PUT /notes': {
      ...route,
      body: {
        json: v.pipe(
          v.object({ title }),
          v.check(() => true),
        ),
      },
    },
    'GET /elsewhere': route,
  },
})

/** What is printed, where methods ask this of their callers. */
function print(access?: AccessWiring, { apiKey = 'local', given = [] as string[] } = {}): string {
  const { methods, ...rest } = api(['ANY /notes', 'ANY /notes/{proxy+}'])
  const apis = [{ ...rest, methods: methods.map((each) => ({ ...each, ...(access && { access }) })) }]
  const places = { database: 'here', debugger: undefined }
  return banner({ port: 3000, apis, definitions: [definition], places, given, keys: { ...keys, apiKey } })
}

/** The lines to paste. */
function lines(access?: AccessWiring, options = {}): string[] {
  return print(access, options)
    .split('\n')
    .flatMap((line) => (line.startsWith('  curl ') ? [line.trim()] : []))
}

test("lines to paste come from the examples of an API's schemas, where Terraform has its route", () => {
  const base = 'http://localhost:3000/default/notes'
  const [upload, list, ...others] = lines()
  assert.equal(upload, `curl ${base}/picture -F 'title=it'\\''s' -F picture=@README.md`)
  assert.equal(list, `curl '${base}?tag=a+b'`)
  assert.deepEqual(others, [])
  const signed = lines({ type: 'iam' })[0]?.replace(/ --aws-sigv4 \S+ -u \S+/, '')
  assert.equal(signed, `curl ${base} -X PUT -H 'content-type: application/json' -d '{"title":"it'\\''s"}'`)
  assert.match(print(), /\n {2}database {2}here\n/)
  assert.doesNotMatch(print(), /debugger|settings/)
})

test('each of the lines to paste carries what the APIs ask of callers', () => {
  const authorizer = { type: 'authorizer', functionName: 'auth', pattern: '.*', lifetime: 0 } as const
  const expected = [
    [undefined, 'curl http://'],
    [{ type: 'api-key' }, "curl -H 'x-api-key: local' http://"],
    [{ type: 'iam' }, 'curl --aws-sigv4 aws:amz:ap-northeast-2:execute-api -u AKIA:secret http://'],
    [authorizer, 'curl -H "authorization: Bearer $TOKEN" http://'],
  ] as const
  for (const [access, start] of expected) {
    assert.equal(lines(access).length, 2)
    for (const line of lines(access)) assert.ok(line.replace("'http", 'http').startsWith(start), line)
  }
  // A key from the settings is named and not shown.
  for (const line of lines({ type: 'api-key' }, { apiKey: 'from .env' }))
    assert.ok(line.startsWith('curl -H "x-api-key: $API_KEY" '), line)
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

test("open APIs on what settings of one's own name are said to be open to every page", () => {
  const given = ['HOST=db.example.com']
  assert.match(
    print(undefined, { given }),
    /settings {2}HOST=db\.example\.com\n +any web page that you visit can use what they name; API_SECURITY=api-key/,
  )
  assert.doesNotMatch(print(undefined, { given: ['MODE=debug'] }), /web page/)
  assert.doesNotMatch(print({ type: 'api-key' }, { given }), /web page/)
})

test('a request that the gateway refuses is one line, with its reason and without what commands a terminal', (context) => {
  const { mock } = context.mock.method(process.stderr, 'write', () => true)
  const answer = { status: 400, headers: [], body: Buffer.of() }
  const target = '/default/notes?a={\u009b2J'
  report.request({ requestId: 'r', httpMethod: 'GET', rawHeaders: [], answer, target, duration: 1 })
  const [line] = mock.calls[0]?.arguments ?? []
  assert.match(
    String(line),
    /^dev: GET \/default\/notes\?a=\{%C2%9B2J 400 by the gateway, 1 ms \(API Gateway wants .* percent-encoded\)\n$/,
  )
})
