import assert from 'node:assert/strict'
import { basename, isAbsolute } from 'node:path'
import { test } from 'node:test'
import { synthRegistry, synthService } from '../test/helpers/sample-service.ts'

const backends = (variables: Record<string, string>) =>
  [synthRegistry(variables), synthService(variables)].map(({ terraform }) => terraform.backend)

for (const [variables, prefix, folder] of [
  [{}, 'terraform', 'my_lambda/default'],
  [{ ENVIRONMENT: 'staging' }, 'terraform.staging', 'my_lambda/staging'],
] as const) {
  test(`state is a file ${prefix}.*, or an object in ${folder} of STATE_BUCKET, encrypted, and locked by S3 itself`, () => {
    const files = backends(variables).map(({ local }) => String(local?.path))
    assert.ok(files.every(isAbsolute))
    const names = files.map((file) => basename(file))
    assert.deepEqual(names, [`${prefix}.registry.tfstate`, `${prefix}.service.tfstate`])
    const own = { bucket: 'my-state', region: 'ap-northeast-2', encrypt: true, use_lockfile: true }
    const expected = ['registry', 'service'].map((stack) => ({ s3: { ...own, key: `${folder}/${stack}.tfstate` } }))
    assert.deepEqual(backends({ STATE_BUCKET: 'my-state', ...variables }), expected)
  })
}
