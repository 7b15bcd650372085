import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import fc from 'fast-check'
import { createPresignGet } from './presign-get.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token+/=' }
const noChecksums = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const
const signingDate = new Date('2026-11-24T15:00:00Z')

const worlds: Record<string, { config: S3ClientConfig; bucket: string }> = {
  AWS: { config: { region: 'ap-northeast-2' }, bucket: 'my-lambda' },
  'a bucket whose name has dots': { config: { region: 'us-east-1' }, bucket: 'files.example.com' },
  'another partition': { config: { region: 'cn-north-1' }, bucket: 'my-lambda' },
  'a server with a port': { config: { region: 'us-east-1', endpoint: 'http://127.0.0.1:9000' }, bucket: 'my-lambda' },
  'a server behind a path': {
    config: { region: 'us-east-1', endpoint: 'https://example.com/s3/', forcePathStyle: true },
    bucket: 'my-lambda',
  },
}

describe("a link is the SDK's, to the last letter", () => {
  for (const [name, { config, bucket }] of Object.entries(worlds)) {
    test(name, async () => {
      const client = new S3Client({ ...config, ...noChecksums, credentials })
      const presign = createPresignGet(client, bucket)
      const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => !text.startsWith('/'))
      await fc.assert(
        fc.asyncProperty(
          key,
          fc.string(),
          fc.integer({ min: 1, max: 604_800 }),
          async (Key, disposition, expiresIn) => {
            const command = new GetObjectCommand({ Bucket: bucket, Key, ResponseContentDisposition: disposition })
            const expected = await getSignedUrl(client, command, { expiresIn, signingDate })
            assert.equal(await presign(Key, disposition, expiresIn, signingDate), expected)
          },
        ),
        { numRuns: 50, examples: [["한 글+/a//b!'()*~", `attachment; filename="a"; filename*=UTF-8''b`, 3600]] },
      )
    })
  }
})
