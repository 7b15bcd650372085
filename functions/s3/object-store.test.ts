import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import * as v from 'valibot'
import { openStore } from '../../test/support.ts'
import { parseHeaderValue } from '../http/header-value.ts'
import { filename, MAX_POST_SIZE } from './api.ts'
import { createFiles } from './files.ts'
import { createObjectStore, createS3Client } from './object-store.ts'

const server = await openStore()
const store = createObjectStore(createS3Client(), server.bucket)
const files = createFiles(store, 3600)

const upload = (key: string, content: Buffer, contentType = 'image/png') =>
  files.upload({ filename: key, file: { content, contentType } })
const link = (key: string, verify = false) => files.link({ filename: key, verify })

test('refuses a file damaged in transit', async () => {
  const client = createS3Client()
  client.middlewareStack.add(
    (next) => (args) => {
      const { body } = args.request as { body: Buffer }
      body.writeUInt8(body.readUInt8() ^ 1)
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low' },
  )
  const put = createObjectStore(client, server.bucket).put('damaged', Buffer.from('content'), 'text/plain')
  await assert.rejects(put, { name: 'BadDigest' })
  assert.equal(await store.has('damaged'), false)
})

test('any allowed key can be stored and fetched, as a download under its own name, and never breaks the header', async () => {
  const keys = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => v.is(filename, text))
  const odd = ['a//b', 'a/', '//', '...', ' a ', '%2F?#&+;="\\\'*()[]{}<>|^`~', '한'.repeat(341), 'x'.repeat(1024)]
  const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  await fc.assert(
    fc.asyncProperty(keys, fc.uint8Array(), async (key, bytes) => {
      await upload(key, Buffer.from(bytes), 'text/plain; charset=utf-8')
      const answer = await fetch((await link(key, true)).url)
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
      assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8')

      const name = key.normalize().split('/').findLast(Boolean) ?? 'file'
      const { type, parameters } = parseHeaderValue(answer.headers.get('content-disposition') ?? '') ?? {}
      const [charset, language, encoded = ''] = parameters?.get('filename*')?.split("'") ?? []
      assert.deepEqual([type, charset, language], ['attachment', 'UTF-8', ''])
      // Unencoded characters by RFC 8187, 3.2.1.
      assert.match(encoded, /^([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+$/)
      assert.equal(decodeURIComponent(encoded), name)
      assert.equal(parameters?.get('filename'), name.replaceAll(/[^\x20-\x7e]|["\\%]/gu, '_'))
    }),
    { numRuns: 20, examples: odd.map((key) => [key, allBytes]) },
  )
})

test('frees an uploaded file while its connection stays open', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc')
  const put = async () => {
    const content = Buffer.alloc(1_000_000)
    await createObjectStore(createS3Client(), server.bucket).put('large', content, 'image/png')
    return new WeakRef(content)
  }
  const uploaded = await put()
  await setImmediate()
  collectGarbage()
  assert.ok(uploaded.deref() === undefined)
})

test('a later upload replaces an earlier one; a link expires on time', async () => {
  for (const text of ['one', '']) await upload('twice', Buffer.from(text))
  assert.equal(await (await fetch((await link('twice')).url)).text(), '')
  const { url, expiresIn } = await createFiles(store, 60).link({ filename: 'a', verify: false })
  assert.deepEqual([expiresIn, new URL(url).searchParams.get('X-Amz-Expires')], [60, '60'])
})

describe('a presigned form', () => {
  const start = (size: number) => files.startUpload({ filename: 'big/한글', size, contentType: 'image/png' })
  const send = async (content: string, changes: Record<string, string> = {}) => {
    const { url, fields } = await start(5)
    const form = new FormData()
    for (const [name, value] of Object.entries({ ...fields, ...changes })) form.append(name, value)
    form.append('file', new Blob([content]))
    return (await fetch(url, { method: 'POST', body: form })).status
  }
  test('lasts an hour, requires no checksum, and uploads the file that it allows', async () => {
    const { fields, method, expiresIn } = await start(MAX_POST_SIZE)
    assert.deepEqual([method, expiresIn], ['POST', 3600])
    const { expiration } = JSON.parse(Buffer.from(fields.Policy ?? '', 'base64').toString())
    const left = Date.parse(expiration) - Date.now()
    assert.ok(left > 3_590_000 && left <= 3_600_000)
    assert.doesNotMatch(Object.keys(fields).join(), /checksum|crc/i)
    assert.equal(await send('hello'), 204)
    const answer = await fetch((await link('big/한글', true)).url)
    assert.deepEqual([await answer.text(), answer.headers.get('content-type')], ['hello', 'image/png'])
  })
  test('refuses any other upload', async () => {
    for (const content of ['hell', 'hello!']) assert.equal(await send(content), 400)
    for (const change of [{ key: 'other' }, { 'Content-Type': 'text/html' }])
      assert.equal(await send('hello', change), 403)
  })
})
