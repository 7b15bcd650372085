import assert from 'node:assert/strict'
import { test } from 'node:test'
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

const clientOf = (region = 'ap-northeast-2', endpoint = '', sessionToken = '') => {
  const credentials = { ...KEYS, ...(sessionToken && { sessionToken }) }
  const local = endpoint && { endpoint, forcePathStyle: true }
  return new S3Client({ region, credentials, requestChecksumCalculation: 'WHEN_REQUIRED', ...local })
}

const get = new GetObjectCommand({ Bucket: 'my-bucket', Key: 'photos/a b.jpg', ResponseContentType: 'a/b' })
const presign = () => getSignedUrl(clientOf(), get, { expiresIn: 3600, signingDate: SIGNED })

const problems = (text: string, now = AT) => explain(text, now)?.problems.map(([text]) => text.replace('problem.', ''))

/** Error of the local S3 for a request. */
function refusal(verify: () => unknown): string {
  try {
    verify()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('reports each fault that S3 would refuse, once', async () => {
  const changes: [problem: string, change: (url: string) => string, now?: number][] = [
    ['expired', (url) => url, AT + 3_600_001],
    ['early', (url) => url, AT - 15 * 60_000 - 1],
    ['unsigned', (url) => url.split('?')[0] ?? ''],
    ['missing', (url) => url.replace(/&X-Amz-SignedHeaders=host/, '')],
    ['missing', (url) => url.replace('AKIAEXAMPLE', 'ASIAEXAMPLE')],
    ['malformed', (url) => url.replace('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')],
    ['malformed', (url) => url.replace('%2Faws4_request', '')],
    ['malformed', (url) => url.replace('20261120T100000Z', '2026-11-20')],
    ['malformed', (url) => url.replace('Expires=3600', 'Expires=1h')],
    ['malformed', (url) => url.replace('Expires=3600', `Expires=${'9'.repeat(30)}`)],
    ['malformed', (url) => url.replace(/(Signature=\w{60})\w{4}/, '$1')],
    ['malformed', (url) => url.replace('SignedHeaders=host', 'SignedHeaders=range')],
    ['region', (url) => url.replace('s3.ap-northeast-2', 's3.us-east-1')],
    ['escaped', (url) => url.replaceAll('&', '&amp;')],
    ['broken', (url) => url.replace('&X-Amz-Date', '\n  &X-Amz-Date')],
    ['added', (url) => `${url}&utm_source=mail`],
  ]
  for (const [problem, change, now] of changes)
    assert.deepEqual(problems(change(await presign()), now), [problem], String(change))
})

test('reads every form of S3 address', () => {
  const addresses: [url: string, bucket: string, key: string][] = [
    ['https://a.b.s3.eu-west-1.amazonaws.com/x/y', 'a.b', 'x/y'],
    ['https://b.s3-eu-west-1.amazonaws.com/k', 'b', 'k'],
    ['https://b.s3-accelerate.dualstack.amazonaws.com/k', 'b', 'k'],
    ['https://b.s3.cn-north-1.amazonaws.com.cn/k', 'b', 'k'],
    ['http://[::1]:9000/b/%ED%95%9C', 'b', '한'],
    ['https://b.s3.amazonaws.com/%zz', 'b', '%zz'],
  ]
  for (const [url, ...address] of addresses) {
    const told = explain(`${url}?X-Amz-Signature=x`, AT)
    assert.deepEqual([told?.bucket, told?.key], address, url)
  }
})

test('explains any URL of the SDK, with the verdict of S3 at any time', async () => {
  const keys = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => text.toWellFormed())
  const given = fc.record({
    Bucket: fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/),
    Key: keys.filter((key) => !/(^|\/)\.{1,2}(\/|$)|^\/|^\s|\s$/.test(key)),
    region: fc.constantFrom('ap-northeast-2', 'us-east-1', 'us-gov-west-1', 'eu-central-1'),
    expiresIn: fc.integer({ min: 1, max: 604_800 }),
    offset: fc.oneof(fc.integer({ min: -2_000_000, max: 700_000_000 }), fc.constantFrom(-900_001, -900_000, 0)),
    endpoint: fc.constantFrom('', 'http://127.0.0.1:9000'),
    token: fc.constantFrom('', 'token'),
  })
  const signs = fc.asyncProperty(given, async ({ Bucket, Key, region, expiresIn, offset, endpoint, token }) => {
    const command = new PutObjectCommand({ Bucket, Key, ContentType: 'text/plain' })
    const options = { expiresIn, signingDate: SIGNED, signableHeaders: new Set(['content-type']) }
    const written = await getSignedUrl(clientOf(region, endpoint, token), command, options)
    const { problems: _, conditions, ...told } = explain(written, AT + offset) ?? assert.fail()
    const { accessKeyId } = KEYS
    const signer = { accessKeyId, region, temporary: token !== '', headers: ['content-type'] }
    assert.deepEqual(told, { bucket: Bucket, key: Key, ...signer, until: AT + expiresIn * 1000 })
    const { pathname, searchParams, host } = new URL(written)
    const headers = { host, 'content-type': 'text/plain' }
    const request = { method: 'PUT', path: pathname, query: searchParams, headers }
    const verdict = refusal(() => verifyRequest(request, KEYS, { now: AT + offset, region }))
    const expected = { 'Request has expired': ['expired'], 'Request is not yet valid': ['early'], '': [] }[verdict]
    assert.deepEqual(problems(written, AT + offset), expected, verdict)
  })
  await fc.assert(signs, { numRuns: 60 })
})

test('finds a URL in the text around it', async () => {
  const url = await presign()
  const escaped = url.replaceAll('&', '\\u0026')
  const pasted = [
    `curl '${url}' -o a.jpg`,
    JSON.stringify([{ note: 'https://example.com/', files: [{ link: url }] }]),
    JSON.stringify({ url }).replaceAll('&', '\\u0026').replaceAll('/', '\\/'),
    escaped,
  ]
  for (const text of pasted) assert.deepEqual(explain(text, AT), explain(url, AT), text)
})

test('explains an upload form, with the verdict of the local S3', async () => {
  const { url, fields: made } = await createPresignedPost(clientOf('ap-northeast-2', 'http://127.0.0.1:9000'), {
    Bucket: 'my-bucket',
    Key: 'big.bin',
    Fields: { 'Content-Type': 'video/mp4' },
    Conditions: [['content-length-range', 5, 5]],
    Expires: 3600,
  })
  const changes: [problem: string, change: Record<string, string>, later?: number][] = [
    ['', {}],
    ['expired', {}, 3_700_000],
    ['unmet', { 'Content-Type': 'text/html' }],
    ['uncovered', { acl: 'public-read' }],
    ['missing', { 'X-Amz-Signature': '' }],
    ['malformed', { Policy: 'e30=' }],
  ]
  for (const [problem, change, later = 0] of changes) {
    const fields = { ...made, ...change }
    const now = Date.now() + later
    const text = JSON.stringify({ url, fields, method: 'POST', expiresIn: 3600 })
    assert.deepEqual(problems(text, now), problem ? [problem] : [])
    const sent = Object.entries({ ...fields, bucket: 'my-bucket' })
    const lower = new Map(sent.map(([name, value]) => [name.toLowerCase(), value]))
    assert.equal(refusal(() => verifyPostPolicy(lower, KEYS, now)) !== '', problem !== '', problem)
    const { bucket, key, conditions } = explain(text, now) ?? {}
    assert.deepEqual([bucket, key], ['my-bucket', 'big.bin'])
    if (problem !== 'malformed') assert.deepEqual(conditions?.[0], ['content-length-range', '5', '5'])
  }
})

test('explains or rejects any pasted text without an exception', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('X-Amz-Date', 'X-Amz-Expires', '=', '&', '?', '%', '/'))
  const form = (fields: unknown) => JSON.stringify({ url: 'http://h/b', fields })
  const policy = (content: unknown) => form({ Policy: Buffer.from(JSON.stringify(content)).toString('base64') })
  const expiration = SIGNED.toISOString()
  const pasted = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.array(part).map((parts) => `http://h/${parts.join('')}`),
    fc.dictionary(fc.string(), fc.jsonValue()).map(form),
    fc.jsonValue().map(policy),
    fc.array(fc.jsonValue()).map((conditions) => policy({ expiration, conditions })),
  )
  const tells = fc.property(pasted, (text) => {
    const told = explain(text, AT)
    // An unsigned URL or form is never reported as valid.
    if (told) assert.ok(told.problems.length > 0)
  })
  fc.assert(tells, { numRuns: 2000 })
  const deep = '['.repeat(50_000) + ']'.repeat(50_000)
  for (const none of ['', ' ', 'hello', 'ftp://a/b', 'http://', '{}', '{"url":1}', 'null', deep])
    assert.equal(explain(none, AT), undefined)
})
