import assert from 'node:assert/strict'
import { test } from 'node:test'
import { images } from '../build/images.ts'
import { imagesOf } from './bundles.ts'

test("a change in an image's folder is built for that image alone, any other for all", () => {
  assert.deepEqual(imagesOf(['rds/handler.ts', 'rds/users.ts']), ['rds'])
  assert.deepEqual(imagesOf(['rds/handler.ts', 's3/files.ts']), ['rds', 's3'])
  assert.deepEqual(imagesOf(['rds/handler.ts', 'http/stack.ts']), images)
  assert.deepEqual(imagesOf(['http/stack.ts']), images)
})
