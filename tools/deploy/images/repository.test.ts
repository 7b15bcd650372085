import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { awsAt, serve } from '../../../test/helpers/server.ts'
import { Repository } from './repository.ts'

test('reads tags of every page, and reports an image index, which Lambda refuses', async (t) => {
  const index = { imageId: { imageDigest: 'sha256:m' }, imageManifest: JSON.stringify({ manifests: [] }) }
  const url = await serve(t, async (request, response) => {
    const { nextToken } = JSON.parse(await text(request))
    const page = nextToken
      ? { imageIds: [{ imageTag: 'b', imageDigest: 'sha256:2' }] }
      : { imageIds: [{ imageTag: 'a', imageDigest: 'sha256:1' }], nextToken: '2' }
    const isList = String(request.headers['x-amz-target']).endsWith('.ListImages')
    response.end(JSON.stringify(isList ? page : { images: [index] }))
  })
  Object.assign(process.env, awsAt(url))
  const repository = new Repository('123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/shop')
  assert.deepEqual(Object.fromEntries(await repository.tags()), { a: 'sha256:1', b: 'sha256:2' })
  await assert.rejects(repository.image('api'), /:api is an index of several images, which Lambda refuses/)
})
