import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, describe, test } from 'node:test'
import { endsAsUnavailable } from '../../test/helpers/unavailable.ts'
import { awsAt, serve } from '../../test/support.ts'
import { UnavailableError } from '../http/caller-errors.ts'
import { createObjectStore, createS3Client } from './object-store.ts'

const answering =
  (status: number, code?: string): RequestListener =>
  (request, response) =>
    void request.resume().on('end', () => {
      response.writeHead(status, code ? { 'Content-Type': 'application/xml' } : { ETag: '"tag"' })
      response.end(code && `<Error><Code>${code}</Code><Message>secret</Message></Error>`)
    })

/** Faults of S3, by the bucket of a request. */
const troubles: Record<string, RequestListener> = {
  overloaded: answering(503, 'SlowDown'),
  broken: answering(500, 'InternalError'),
  throttled: answering(429, 'TooManyRequests'),
  silent: () => {},
  'hanging-up': (request) => request.socket.destroy(),
  'hanging-up-amid-the-upload': (request) => request.once('data', () => request.socket.destroy()),
  'answering-without-an-end': (_, response) => void response.writeHead(200, { 'Content-Length': '10' }).write('<'),
  'not-speaking-http': (request) => void request.socket.end('220 mail.example.com ESMTP\r\n'),
}
let calls = 0
const answers: Record<string, RequestListener> = {
  ...troubles,
  AccessDenied: answering(403, 'AccessDenied'),
  NoSuchBucket: answering(404, 'NoSuchBucket'),
  PermanentRedirect: answering(301, 'PermanentRedirect'),
  malformed: answering(400, 'BadRequest'),
  'failing-once': (...exchange) => {
    calls += 1
    return calls === 1 ? answering(503, 'SlowDown')(...exchange) : answering(200)(...exchange)
  },
}

const endpoint = await serve({ after }, (request, response) =>
  answers[request.url?.split('/')[1] ?? '']?.(request, response),
)
Object.assign(process.env, awsAt(endpoint))
// Uses the functions' own retry limit.
delete process.env.AWS_MAX_ATTEMPTS
const client = createS3Client()
after(() => client.destroy())
const storeOf = (bucket: string) => createObjectStore(client, bucket)
const put = (bucket: string, size = 5) => storeOf(bucket).put('key', Buffer.alloc(size), 'text/plain')
const unavailable = endsAsUnavailable('Could not connect to S3')

describe('a failing S3 is unavailable in time for an answer', { concurrency: true }, () => {
  for (const bucket of Object.keys(troubles)) {
    test(`${bucket}: on upload`, () => unavailable(put(bucket, 1_000_000)))
    test(`${bucket}: on look-up`, () => unavailable(storeOf(bucket).has('key')))
  }
})

test('retries a transient failure', async () => {
  assert.equal(await put('failing-once'), 'tag')
  assert.equal(calls, 2)
})

test("a refusal by S3 is our fault, neither the caller's nor transient", async () => {
  for (const name of ['AccessDenied', 'NoSuchBucket', 'PermanentRedirect']) await assert.rejects(put(name), { name })
  await assert.rejects(storeOf('malformed').has('key'), (failure) => !(failure instanceof UnavailableError))
})

test('treats a key as missing if its look-up is forbidden', async () => {
  for (const bucket of ['AccessDenied', 'NoSuchBucket']) assert.equal(await storeOf(bucket).has('key'), false)
})
