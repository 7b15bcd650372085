import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, describe, test } from 'node:test'
import { serve, useStore } from '../../test/support.ts'
import { UnavailableError } from '../http/caller-errors.ts'
import { createObjectStore, createS3Client } from './object-store.ts'

const error =
  (status: number, code: string): RequestListener =>
  (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(status, { 'Content-Type': 'application/xml' })
      response.end(`<Error><Code>${code}</Code><Message>secret</Message></Error>`)
    })
  }

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
const refusals: Record<string, RequestListener> = {
  AccessDenied: error(403, 'AccessDenied'),
  NoSuchBucket: error(404, 'NoSuchBucket'),
  PermanentRedirect: error(301, 'PermanentRedirect'),
}
let calls = 0
const answers: Record<string, RequestListener> = {
  ...troubles,
  ...refusals,
  forbidden: error(403, 'Forbidden'),
  malformed: error(400, 'BadRequest'),
  'without-tag': (request, response) => void request.resume().on('end', () => response.end()),
  'failing-once': (request, response) => {
    calls += 1
    if (calls === 1) return error(503, 'SlowDown')(request, response)
    request.resume().on('end', () => response.writeHead(200, { ETag: '"tag"' }).end())
  },
}

const account = { accessKeyId: 'a', secretAccessKey: 's', bucket: 'b', stop: async () => {} }
const endpoint = await serve({ after }, (request, response) =>
  answers[request.url?.split('/')[1] ?? '']?.(request, response),
)
useStore({ endpoint, ...account })
const client = createS3Client()
after(() => client.destroy())
const storeOf = (bucket: string) => createObjectStore(client, bucket)
const put = (bucket: string, size = 5) => storeOf(bucket).put('key', Buffer.alloc(size), 'text/plain')

async function unavailable(call: Promise<unknown>): Promise<void> {
  const start = performance.now()
  await assert.rejects(call, (failure: Error) => {
    assert.ok(failure instanceof UnavailableError, `${failure.name}: ${failure.message}`)
    return failure.message === 'Could not connect to S3'
  })
  assert.ok(performance.now() - start < 10_000, `took ${performance.now() - start} ms`)
}

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
  const isFault = (failure: Error) => !(failure instanceof UnavailableError)
  for (const code of Object.keys(refusals)) {
    await assert.rejects(put(code), (failure: Error) => failure.name === code && isFault(failure))
  }
  await assert.rejects(storeOf('malformed').has('key'), isFault)
})

test('a key that may not be looked up is perhaps not there', async () => {
  assert.equal(await storeOf('forbidden').has('key'), false)
  assert.equal(await storeOf('NoSuchBucket').has('key'), false)
})

test('an answer without an entity tag gives an empty one', async () => {
  assert.equal(await put('without-tag'), '')
})

test('S3 that is absent is unavailable', async () => {
  useStore({ endpoint: 'http://127.0.0.1:1', ...account })
  await unavailable(createObjectStore(createS3Client(), 'b').put('key', Buffer.alloc(5), 'text/plain'))
  await unavailable(createObjectStore(createS3Client(), 'b').has('key'))
})
