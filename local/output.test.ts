import assert from 'node:assert/strict'
import { test } from 'node:test'
import { api } from './gateway/test-gateway.ts'
import { banner } from './output.ts'
import type { AccessWiring } from './types.ts'

const keys = { apiKey: 'key', credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' } }

/** The lines to paste, where methods ask this of their callers. */
function lines(access?: AccessWiring): string[] {
  const { methods, ...rest } = api(['ANY /rds', 'ANY /s3'])
  const wiring = {
    functions: [],
    apis: [{ ...rest, methods: methods.map((each) => ({ ...each, ...(access && { access }) })) }],
  }
  const text = banner({ port: 3000, wiring, database: 'here', local: '.local', keys })
  return text.split('\n').flatMap((line) => (line.startsWith('  curl ') ? [line.trim()] : []))
}

test('each of the lines to paste carries what the APIs ask of callers', () => {
  const authorizer = { type: 'authorizer', functionName: 'auth', pattern: '.*', lifetime: 0 } as const
  const expected = [
    [undefined, 'curl http://'],
    [{ type: 'api-key' }, "curl -H 'x-api-key: key' http://"],
    [{ type: 'iam' }, 'curl --aws-sigv4 aws:amz:ap-northeast-2:execute-api -u AKIA:secret http://'],
    [authorizer, 'curl -H "authorization: Bearer $TOKEN" http://'],
  ] as const
  for (const [access, start] of expected) {
    assert.equal(lines(access).length, 3)
    for (const line of lines(access)) assert.ok(line.startsWith(start), line)
  }
})

test('a form, which curl cannot sign, is in no line that signs', () => {
  assert.ok(lines().some((line) => line.includes(' -F ')))
  assert.ok(!lines({ type: 'iam' }).some((line) => line.includes(' -F ')))
})
