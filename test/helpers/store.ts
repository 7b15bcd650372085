import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { type OutgoingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type Store, startStore } from '../../tools/local/store/store.ts'

/** Bucket of a test. */
const bucket = 'test-bucket'

/** Starts a store in a temporary directory, with a client, until the tests of the file end. */
export async function startTestStore() {
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'store-'))
  const start = () => startStore(directory, [bucket])
  let store = await start()
  const client = clientOf(store)
  after(() => store.stop().then(remove))
  return {
    store: { ...store, bucket },
    directory,
    client,
    put: (Key: string, Body: string | Buffer, more: object = {}) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more })),
    /** Presigns a URL to read an object within a minute. */
    link: (Key: string, more: object = {}) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key, ...more }), { expiresIn: 60 }),
    /** Restarts the server with the same objects and address. */
    async restart() {
      await store.stop()
      store = await start()
    },
  }
}

/** Creates an S3 client with the settings of the functions, but without retries. */
export const clientOf = ({ endpoint, ...credentials }: Store, more: S3ClientConfig = {}) =>
  new S3Client({
    endpoint,
    region: 'ap-northeast-2',
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    ...more,
  })

/** Sends half of a body, then closes the connection. */
export async function breakOff(url: string, method: string, body: Buffer, headers: OutgoingHttpHeaders = {}) {
  const outgoing = request(url, { method, headers: { ...headers, 'content-length': body.length } })
  outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy())
  await assert.rejects(once(outgoing, 'response'), { code: 'ECONNRESET' })
}
