import assert from 'node:assert/strict'
import { basename, isAbsolute } from 'node:path'
import { test } from 'node:test'
import { synthRegistry, synthService } from '../test/helpers/sample-service.ts'

const backends = (variables: Record<string, string>) =>
  [synthRegistry(variables), synthService(variables)].map(({ terraform }) => terraform.backend)

test('state is a file for each stack and environment', () => {
  const files = (variables: Record<string, string>) =>
    backends(variables).map(({ local }) => {
      assert.ok(isAbsolute(String(local?.path)))
      return basename(String(local?.path))
    })
  assert.deepEqual(files({}), ['terraform.registry.tfstate', 'terraform.service.tfstate'])
  assert.deepEqual(files({ ENVIRONMENT: 'staging' }), [
    'terraform.staging.registry.tfstate',
    'terraform.staging.service.tfstate',
  ])
})

test('or an object of STATE_BUCKET, encrypted, and locked by S3 itself', () => {
  const keys = (variables: Record<string, string>) =>
    backends({ STATE_BUCKET: 'my-state', ...variables }).map(({ s3 }) => {
      const { bucket, region, encrypt, use_lockfile } = s3 ?? {}
      assert.deepEqual([bucket, region, encrypt, use_lockfile], ['my-state', 'ap-northeast-2', true, true])
      return s3?.key
    })
  assert.deepEqual(keys({}), ['my_lambda/default/registry.tfstate', 'my_lambda/default/service.tfstate'])
  assert.deepEqual(keys({ ENVIRONMENT: 'staging' }), [
    'my_lambda/staging/registry.tfstate',
    'my_lambda/staging/service.tfstate',
  ])
})
