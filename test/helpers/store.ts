import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { startStore } from '../../tools/local/store/store.ts'
import type { Store } from '../../tools/local/types.ts'

/** A store in a temporary directory, and a client of it. */
export async function startTestStore() {
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'store-'))
  let store = await startStore({ directory })
  const client = clientOf(store)
  return {
    store,
    directory,
    client,
    put: (Key: string, Body: string | Buffer, more: object = {}) =>
      client.send(new PutObjectCommand({ Bucket: store.bucket, Key, Body, ...more })),
    /** A presigned URL to read an object, good for a minute. */
    link: (Key: string, more: object = {}) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: store.bucket, Key, ...more }), { expiresIn: 60 }),
    /** A new server for the same objects, at the same address. */
    async restart() {
      await store.stop()
      store = await startStore({ directory })
    },
    async stop() {
      client.destroy()
      await store.stop()
      await remove()
    },
  }
}

/** An S3 client with the settings of the functions, and no second attempts. */
export function clientOf({ endpoint, accessKeyId, secretAccessKey }: Store, more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint,
    region: 'ap-northeast-2',
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    ...more,
  })
}
