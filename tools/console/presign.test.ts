import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import fc from 'fast-check'
import { verifyPostPolicy } from '../local/store/post-policy.ts'
import { verifyRequest } from '../local/store/request-signature.ts'
import { explain } from './page/presign/explain.ts'

const SIGNED = new Date('2026-11-20T10:00:00Z')
const AT = SIGNED.getTime()
const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }

interface Options {
  readonly region?: string
  readonly endpoint?: string
  readonly sessionToken?: string
  readonly accessKeyId?: string
}

function clientOf({ region = 'ap-northeast-2', endpoint, sessionToken, accessKeyId }: Options = {}): S3Client {
  return new S3Client({
    region,
    credentials: { ...KEYS, ...(accessKeyId && { accessKeyId }), ...(sessionToken && { sessionToken }) },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint, forcePathStyle: true }),
  })
}

const presign = (options: Options = {}, key = 'photos/a b.jpg', expiresIn = 3600) =>
  getSignedUrl(
    clientOf(options),
    new GetObjectCommand({
      Bucket: 'my-bucket',
      Key: key,
      ResponseContentDisposition: 'attachment; filename="a b.jpg"',
    }),
    { expiresIn, signingDate: SIGNED },
  )

const codes = (text: string, now = AT) => explain(text, now)?.problems.map(({ code }) => code)
const notes = (text: string, now = AT) => explain(text, now)?.notes.map(({ code }) => code)

test('a good URL is told whole, and nothing stands against it', async () => {
  const { problems, notes, ...told } = explain(await presign(), AT) ?? {}
  assert.deepEqual([problems, notes], [[], []])
  assert.deepEqual(told, {
    host: 'my-bucket.s3.ap-northeast-2.amazonaws.com',
    bucket: 'my-bucket',
    key: 'photos/a b.jpg',
    region: 'ap-northeast-2',
    accessKeyId: 'AKIAEXAMPLE',
    temporary: false,
    signedHeaders: ['host'],
    overrides: [['content-disposition', 'attachment; filename="a b.jpg"']],
    from: AT,
    until: AT + 3_600_000,
  })
})

describe('S3 would refuse it because', () => {
  const changes: [code: string, change: (url: string) => string, now?: number][] = [
    ['expired', (url) => url, AT + 3_600_001],
    ['early', (url) => url, AT - 15 * 60_000 - 1],
    ['unsigned', (url) => url.split('?')[0] ?? ''],
    ['missing', (url) => url.replace(/&X-Amz-SignedHeaders=host/, '')],
    ['repeated', (url) => `${url}&X-Amz-Expires=60`],
    ['algorithm', (url) => url.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')],
    ['credential', (url) => url.replace('%2Faws4_request', '')],
    ['service', (url) => url.replace('%2Fs3%2F', '%2Fsts%2F')],
    ['day', (url) => url.replace('%2F20261120%2F', '%2F20261119%2F')],
    ['region', (url) => url.replace('s3.ap-northeast-2', 's3.us-east-1')],
    ['region', (url) => url.replace('s3.ap-northeast-2', 's3-eu-west-1')],
    ['date', (url) => url.replace('20261120T100000Z', '2026-11-20')],
    ['expires', (url) => url.replace('Expires=3600', 'Expires=1h')],
    ['expires', (url) => url.replace('Expires=3600', 'Expires=-1')],
    ['week', (url) => url.replace('Expires=3600', 'Expires=604801')],
    ['signature', (url) => url.replace(/(Signature=\w{60})\w{4}/, '$1')],
    ['token', (url) => url.replace('AKIAEXAMPLE', 'ASIAEXAMPLE')],
    ['host', (url) => url.replace('SignedHeaders=host', 'SignedHeaders=range')],
    ['escaped', (url) => url.replaceAll('&', '&amp;')],
    ['broken', (url) => url.replace('&X-Amz-Date', '\n  &X-Amz-Date')],
    ['added', (url) => `${url}&utm_source=mail`],
    ['version2', () => 'https://b.s3.amazonaws.com/k?AWSAccessKeyId=A&Expires=1&Signature=x'],
  ]
  for (const [code, change, now] of changes) {
    test(`${code}: ${change.toString().slice(9, 60)}`, async () => {
      const found = codes(change(await presign()), now) ?? []
      assert.ok(found.includes(code), found.join())
      // A URL that was escaped has lost its parameters as well; else one fault is told once.
      if (code !== 'escaped') assert.deepEqual(found, [code])
    })
  }
})

test('what is worth knowing is told', async () => {
  assert.deepEqual(notes(await presign({ sessionToken: 'token', accessKeyId: 'ASIAEXAMPLE' })), ['session'])
  assert.deepEqual(codes(await presign({ sessionToken: 'token', accessKeyId: 'ASIAEXAMPLE' })), [])
  assert.deepEqual(notes(await presign({ endpoint: 'http://127.0.0.1:9000' })), ['elsewhere'])
  assert.deepEqual(notes((await presign()).replace('https:', 'http:')), ['plain'])
  assert.deepEqual(notes((await presign()).replace('%20', '%2520')), ['twice'])
  const put = new PutObjectCommand({ Bucket: 'b-1', Key: 'k', ContentType: 'text/plain' })
  const url = await getSignedUrl(clientOf(), put, { signingDate: SIGNED, signableHeaders: new Set(['content-type']) })
  assert.deepEqual(explain(url, AT)?.notes, [{ code: 'headers', values: { names: 'content-type' } }])
})

test('every form of address', () => {
  const query = '?X-Amz-Signature=x'
  const addresses: [url: string, bucket: string, key: string][] = [
    ['https://b.s3.amazonaws.com/k', 'b', 'k'],
    ['https://a.b.s3.eu-west-1.amazonaws.com/x/y', 'a.b', 'x/y'],
    ['https://b.s3-eu-west-1.amazonaws.com/k', 'b', 'k'],
    ['https://b.s3.dualstack.us-gov-west-1.amazonaws.com/k', 'b', 'k'],
    ['https://b.s3-accelerate.amazonaws.com/k', 'b', 'k'],
    ['https://b.s3.cn-north-1.amazonaws.com.cn/k', 'b', 'k'],
    ['https://s3.eu-west-1.amazonaws.com/b/x/y', 'b', 'x/y'],
    ['https://ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com/k', 'ap-123456789012', 'k'],
    ['http://127.0.0.1:9000/b/%ED%95%9C', 'b', '한'],
    ['http://[::1]:9000/b', 'b', ''],
    ['https://b.s3.amazonaws.com/%zz', 'b', '%zz'],
  ]
  for (const [url, bucket, key] of addresses) {
    const told = explain(url + query, AT)
    assert.deepEqual([told?.bucket, told?.key], [bucket, key], url)
  }
})

test("whatever an SDK signs is told as it was signed, and S3's own verdict at any time is the one told", async () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/)
  const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => {
    return text.isWellFormed() && !/(^|\/)\.{1,2}(\/|$)|^\/|^\s|\s$/.test(text)
  })
  const region = fc.constantFrom('ap-northeast-2', 'us-east-1', 'us-gov-west-1', 'eu-central-1')
  const seconds = fc.integer({ min: 1, max: 604_800 })
  const offset = fc.oneof(fc.integer({ min: -2_000_000, max: 700_000_000 }), fc.constantFrom(-900_001, -900_000, 0))
  const local = fc.boolean()
  await fc.assert(
    fc.asyncProperty(
      name,
      key,
      region,
      seconds,
      offset,
      local,
      async (Bucket, Key, region, expiresIn, offset, local) => {
        const client = clientOf({ region, ...(local && { endpoint: 'http://127.0.0.1:9000' }) })
        const written = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), {
          expiresIn,
          signingDate: SIGNED,
        })
        const told = explain(written, AT + offset)
        assert.ok(told)
        assert.deepEqual([told.bucket, told.key, told.region], [Bucket, Key, region])
        assert.deepEqual([told.from, told.until], [AT, AT + expiresIn * 1000])
        const { pathname, searchParams, host } = new URL(written)
        const request = { method: 'GET', path: pathname, query: searchParams, headers: { host } }
        let verdict = ''
        try {
          verifyRequest(request, KEYS, { now: AT + offset, region })
        } catch (error) {
          verdict = (error as Error).message
        }
        const expected = { 'Request has expired': ['expired'], 'Request is not yet valid': ['early'], '': [] }[verdict]
        assert.deepEqual(
          told.problems.map(({ code }) => code),
          expected,
          verdict,
        )
      },
    ),
    { numRuns: 60 },
  )
})

test('a URL is found in whatever it was copied with', async () => {
  const url = await presign()
  const escaped = url.replaceAll('&', '\\u0026')
  const pasted = [
    `"${url}"`,
    `<${url}>`,
    `curl '${url}' -o a.jpg`,
    `[a link](${url.replaceAll(')', '%29')})`.replace(')', ' )'),
    JSON.stringify({ url, expiresIn: 3600 }),
    JSON.stringify([{ note: 'https://example.com/', files: [{ link: url }] }]),
    JSON.stringify(url),
    JSON.stringify({ url }).replaceAll('&', '\\u0026').replaceAll('/', '\\/'),
    escaped,
    `  "url": "${escaped}",`,
  ]
  for (const text of pasted) {
    const told = explain(text, AT)
    assert.deepEqual([told?.key, told?.problems, told?.until], ['photos/a b.jpg', [], AT + 3_600_000], text)
  }
  // Whoever sends the text as it is sends another URL.
  assert.deepEqual(notes(escaped), ['json'])
})

describe('a form for an upload', () => {
  const form = async (options: Options = {}) =>
    createPresignedPost(clientOf({ endpoint: 'http://127.0.0.1:9000', ...options }), {
      Bucket: 'my-bucket',
      Key: 'big.bin',
      Fields: { 'Content-Type': 'video/mp4' },
      Conditions: [['content-length-range', 5, 5]],
      Expires: 3600,
    })

  test('is told with its conditions', async () => {
    const answer = { ...(await form()), method: 'POST', expiresIn: 3600 }
    const told = explain(JSON.stringify(answer), Date.now())
    assert.ok(told)
    assert.deepEqual([told.bucket, told.key, told.accessKeyId], ['my-bucket', 'big.bin', 'AKIAEXAMPLE'])
    assert.deepEqual(told.problems, [])
    assert.deepEqual(told.conditions?.[0], ['content-length-range', '5', '5'])
    assert.ok(Math.abs(told.until - Date.now() - 3_600_000) < 60_000)
  })

  const changes: [code: string, change: (fields: Record<string, string>) => void, later?: number][] = [
    ['expired', () => {}, 3_700_000],
    ['unmet', (fields) => Object.assign(fields, { 'Content-Type': 'text/html' })],
    ['uncovered', (fields) => Object.assign(fields, { acl: 'public-read' })],
    ['fields', (fields) => delete fields['X-Amz-Signature']],
    ['policy', (fields) => Object.assign(fields, { Policy: 'e30=' })],
  ]
  for (const [code, change, later = 0] of changes) {
    test(`would be refused because: ${code}, as the local S3 refuses it`, async () => {
      const { url, fields } = await form()
      const sent = () =>
        new Map(Object.entries({ ...fields, bucket: 'my-bucket' }).map(([name, value]) => [name.toLowerCase(), value]))
      assert.doesNotThrow(() => verifyPostPolicy(sent(), KEYS))
      change(fields)
      assert.deepEqual(codes(JSON.stringify({ url, fields }), Date.now() + later), [code])
      assert.throws(() => verifyPostPolicy(sent(), KEYS, Date.now() + later))
    })
  }
})

test('whatever is pasted, it is told or it is none, and never an exception', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom('X-Amz-Date', 'X-Amz-Expires', '=', '&', '?', '%', '/', '{"url":"http://a","fields":', 'null}'),
  )
  const pasted = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withQueryParameters: true }),
    fc.json(),
    fc.array(part).map((parts) => `http://h/${parts.join('')}`),
    fc
      .record({ url: fc.webUrl(), fields: fc.dictionary(fc.string(), fc.jsonValue()) })
      .map((form) => JSON.stringify(form)),
    fc
      .jsonValue()
      .map((policy) =>
        JSON.stringify({ url: 'http://h/b', fields: { Policy: btoa(encodeURI(JSON.stringify(policy))) } }),
      ),
    fc.array(fc.jsonValue()).map((conditions) => {
      const Policy = Buffer.from(JSON.stringify({ expiration: SIGNED.toISOString(), conditions })).toString('base64')
      return JSON.stringify({ url: 'http://h/b', fields: { Policy } })
    }),
  )
  fc.assert(
    fc.property(pasted, (text) => {
      const told = explain(text, AT)
      // A URL or form that nobody signed is never said to be good.
      if (told) assert.ok(told.problems.length > 0)
    }),
    { numRuns: 2000 },
  )
  for (const none of ['', ' ', 'hello', 'ftp://a/b', 'http://', '{}', '{"url":1}', 'null'])
    assert.equal(explain(none, AT), undefined)
})
