import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { images } from '../../terraform/settings.ts'
import { imagesOf } from './bundles.ts'

test('rebuilds the image of a changed file, or all images for a shared one', () => {
  const [first = ''] = images
  const own = join(first, 'handler.ts')
  assert.deepEqual(imagesOf([own]), [first])
  assert.deepEqual(imagesOf([own, join('shared', 'errors.ts')]), images)
})
