import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { images } from '../../terraform/settings.ts'
import { imagesOf } from './bundles.ts'

test('a change is one of its own image, or of all', () => {
  const [first = ''] = images
  const [own, shared] = [join(first, 'handler.ts'), join('shared', 'errors.ts')]
  assert.deepEqual(
    [own, shared].map((file) => imagesOf([file])),
    [[first], images],
  )
  assert.deepEqual(imagesOf([own, shared]), images)
})
