import assert from 'node:assert/strict'
import { test } from 'node:test'
import { synthRegistry, synthService } from '../test/helpers/sample-service.ts'

test('state is an object of STATE_BUCKET for each stack and environment, encrypted, and locked by S3 itself', () => {
  const own = { bucket: 'my-state', region: 'ap-northeast-2', encrypt: true, use_lockfile: true }
  for (const [variables, folder] of [
    [{}, 'my_lambda/default'],
    [{ ENVIRONMENT: 'staging' }, 'my_lambda/staging'],
  ] as const) {
    const settings = { STATE_BUCKET: 'my-state', ...variables }
    const backends = [synthRegistry(settings), synthService(settings)].map(({ terraform }) => terraform.backend)
    const expected = ['registry', 'service'].map((stack) => ({ s3: { ...own, key: `${folder}/${stack}.tfstate` } }))
    assert.deepEqual(backends, expected)
  }
})
