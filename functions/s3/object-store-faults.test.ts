import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, describe, test } from 'node:test'
import { endsAsUnavailable } from '../../test/helpers/unavailable.ts'
import { serve, useStore } from '../../test/support.ts'
import { UnavailableError } from '../http/caller-errors.ts'
import { createObjectStore, createS3Client } from './object-store.ts'

const answering =
  (status: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (request, response) =>
    void request.resume().on('end', () => response.writeHead(status, headers).end(body))
const error = (status: number, code: string) =>
  answering(
    status,
    { 'Content-Type': 'application/xml' },
    `<Error><Code>${code}</Code><Message>secret</Message></Error>`,
  )

/** What S3 may do to a request, by the name of the bucket that is asked. */
const troubles: Record<string, RequestListener> = {
  overloaded: error(503, 'SlowDown'),
  broken: error(500, 'InternalError'),
  throttled: error(429, 'TooManyRequests'),
  silent: () => {},
  'hanging-up': (request) => request.socket.destroy(),
  'hanging-up-amid-the-upload': (request) => request.once('data', () => request.socket.destroy()),
  'answering-without-an-end': (_, response) => void response.writeHead(200, { 'Content-Length': '10' }).write('<'),
  'not-speaking-http': (request) => void request.socket.end('220 mail.example.com ESMTP\r\n'),
}
const refusals = { AccessDenied: 403, NoSuchBucket: 404, PermanentRedirect: 301 }
let calls = 0
const answers: Record<string, RequestListener> = {
  ...troubles,
  ...Object.fromEntries(Object.entries(refusals).map(([code, status]) => [code, error(status, code)])),
  forbidden: error(403, 'Forbidden'),
  malformed: error(400, 'BadRequest'),
  'without-tag': answering(200),
  'failing-once': (...exchange) => {
    calls += 1
    return calls === 1 ? error(503, 'SlowDown')(...exchange) : answering(200, { ETag: '"tag"' })(...exchange)
  },
}

const account = { accessKeyId: 'a', secretAccessKey: 's' }
const endpoint = await serve({ after }, (request, response) =>
  answers[request.url?.split('/')[1] ?? '']?.(request, response),
)
useStore({ endpoint, ...account })
const client = createS3Client()
after(() => client.destroy())
const storeOf = (bucket: string) => createObjectStore(client, bucket)
const put = (bucket: string, size = 5) => storeOf(bucket).put('key', Buffer.alloc(size), 'text/plain')
const unavailable = endsAsUnavailable('Could not connect to S3')

describe('S3 that is in trouble is unavailable, in time for an answer', { concurrency: true }, () => {
  for (const bucket of Object.keys(troubles)) {
    test(`${bucket}: on upload`, () => unavailable(put(bucket, 1_000_000)))
    test(`${bucket}: on look-up`, () => unavailable(storeOf(bucket).has('key')))
  }
})

test('one failure that passes is not noticed', async () => {
  assert.equal(await put('failing-once'), 'tag')
  assert.equal(calls, 2)
})

test("what S3 refuses is a fault of ours, not the caller's and not passing", async () => {
  for (const name of Object.keys(refusals)) await assert.rejects(put(name), { name })
  await assert.rejects(storeOf('malformed').has('key'), (failure) => !(failure instanceof UnavailableError))
})

test('a key that may not be looked up is perhaps not there; an answer without an entity tag gives an empty one', async () => {
  for (const bucket of ['forbidden', 'NoSuchBucket']) assert.equal(await storeOf(bucket).has('key'), false)
  assert.equal(await put('without-tag'), '')
})
