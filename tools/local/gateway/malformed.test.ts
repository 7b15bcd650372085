import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { api, startGateway } from '../../../test/helpers/gateway.ts'

const gateway = await startGateway([api(['ANY /{proxy+}'])])

const END = 'Host: x\r\nConnection: close\r\n\r\n'
const odd: [name: string, bytes: string, status: number][] = [
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['a request line without version', `GET /default/x\r\n${END}`, 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['no Host', 'GET /default/x HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['length and chunks', `POST /default/x HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${END}a`, 400],
  ['CONNECT', `CONNECT example.com:443 HTTP/1.1\r\n${END}`, 403],
]
for (const char of '"<>\\^`{|}') odd.push([`an unencoded ${char}`, `GET /default/x?${char} HTTP/1.1\r\n${END}`, 400])
test('answers malformed requests, and keeps running', async () => {
  for (const [name, bytes, status] of odd) {
    assert.match(await gateway.raw(bytes), new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\r\n\r\n`), name)
    assert.equal((await gateway.send('/default/x?%7B')).status, 200)
  }
})

test('answers a client that closed its half of the connection', async () => {
  const answer = () => new Promise((resolve) => setTimeout(resolve, 50, { body: 'late' }))
  const slow = await startGateway([api(['ANY /x'])], answer)
  assert.match(await slow.raw('GET /default/x HTTP/1.1\r\nHost: x\r\n\r\n', true), /^HTTP\/1\.1 200 OK[\s\S]*late$/)
  const cutOff = `POST /default/x HTTP/1.1\r\nContent-Length: 9\r\n${END}abc`
  assert.match(await slow.raw(cutOff, true), /^HTTP\/1\.1 400/)
})

test('answers 408 to a request that stalls at any point', async () => {
  const hasty = await startGateway([api(['POST /x'])], undefined, { requestTimeout: 200 })
  for (const part of ['POST /default/x HT', 'POST /default/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc']) {
    const reply = await hasty.raw(part)
    assert.match(reply, /^HTTP\/1\.1 408 [\s\S]*Content-Type: application\/json[\s\S]*{"message": "Request Timeout"}$/)
  }
  assert.deepEqual(hasty.records, [])
})

test('handles random byte changes without a crash or a 5xx', async () => {
  const request = `POST /default/x?a=%41&b=+ HTTP/1.1\r\nContent-Type: a/b\r\nContent-Length: 3\r\n${END}abc`
  const edit = fc.tuple(fc.nat(request.length - 1), fc.nat(255))
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      const bytes = Buffer.from(request)
      for (const [at, byte] of changes) bytes[at] = byte
      // Half-closing lets the gateway answer a request whose length grew.
      const reply = await gateway.raw(bytes, true)
      assert.match(reply, /^HTTP\/1\.1 [234]/)
    }),
    { numRuns: 200 },
  )
  assert.equal((await gateway.send('/default/x')).status, 200)
})
