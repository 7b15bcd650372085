import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ListObjectsV2Command, type ListObjectsV2CommandInput, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { startTestStore } from '../../../test/helpers/store.ts'

const { client, store, put, stop } = await startTestStore()
after(stop)

const list = (options: Omit<ListObjectsV2CommandInput, 'Bucket'> = {}) =>
  client.send(new ListObjectsV2Command({ Bucket: store.bucket, ...options }))

test('an empty bucket has no contents', async () => {
  const { KeyCount, Contents, IsTruncated } = await list()
  assert.deepEqual([KeyCount, Contents, IsTruncated], [0, undefined, false])
})

test('objects are listed by the bytes of their keys, page by page, as the SDK asks for them', async () => {
  // UTF-16, by which JavaScript sorts, would have the last two the other way round.
  const keys = ['B', 'a', 'a/1', 'a/2', 'a/b/1', '한글 & <b>', '\uffee', '😀']
  for (const key of keys.toReversed()) await put(key, 'x')
  const pages: (string | undefined)[][] = []
  for await (const { Contents = [] } of paginateListObjectsV2({ client, pageSize: 3 }, { Bucket: store.bucket }))
    pages.push(Contents.map(({ Key }) => Key))
  assert.deepEqual(pages, [keys.slice(0, 3), keys.slice(3, 6), keys.slice(6)])
  const [first] = (await list()).Contents ?? []
  assert.deepEqual([first?.Size, first?.ETag], [1, '"9dd4e461268c8034f5c8564e155c67a6"'])
  assert.ok(Math.abs(Date.now() - Number(first?.LastModified)) < 60_000)
})

test('a prefix, a first key and a delimiter choose among them', async () => {
  const keysOf = async (options: Parameters<typeof list>[0]) => (await list(options)).Contents?.map(({ Key }) => Key)
  assert.deepEqual(await keysOf({ Prefix: 'a/' }), ['a/1', 'a/2', 'a/b/1'])
  assert.deepEqual(await keysOf({ Prefix: 'a/', StartAfter: 'a/1' }), ['a/2', 'a/b/1'])
  const { Contents, CommonPrefixes } = await list({ Prefix: 'a/', Delimiter: '/' })
  assert.deepEqual(
    Contents?.map(({ Key }) => Key),
    ['a/1', 'a/2'],
  )
  assert.deepEqual(CommonPrefixes, [{ Prefix: 'a/b/' }])
  await assert.rejects(list({ MaxKeys: 1.5 }), { name: 'InvalidArgument' })
})
