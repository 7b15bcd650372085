import assert from 'node:assert/strict'
import { test } from 'node:test'
import { images } from '../build/images.ts'
import { imagesOf } from './bundles.ts'

test("a change in an image's folder is built for that image alone, any other for all", () => {
  const [image = ''] = images
  assert.deepEqual(imagesOf([`${image}/handler.ts`, `${image}/api.ts`]), [image])
  assert.deepEqual(imagesOf(images.map((each) => `${each}/handler.ts`)), images)
  assert.deepEqual(imagesOf([`${image}/handler.ts`, 'http/stack.ts']), images)
  assert.deepEqual(imagesOf(['http/stack.ts']), images)
})
