import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { awsAt, serve } from '../../../test/helpers/server.ts'
import { Repository } from './repository.ts'

type Answers = Readonly<Record<string, (input: never, url: string) => object>>

/** A repository of an account that answers each of ECR's operations with what is given for it. */
async function repositoryOf(t: TestContext, answers: Answers): Promise<Repository> {
  const url = await serve(t, async (request, response) => {
    const operation = String(request.headers['x-amz-target'] ?? request.url).replace(/^.*[./]/, '')
    const answer = answers[operation]?.(JSON.parse((await text(request)) || '{}') as never, url)
    response.writeHead(answer && !('__type' in answer) ? 200 : 400).end(JSON.stringify(answer ?? {}))
  })
  Object.assign(process.env, awsAt(url))
  return new Repository('123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/shop')
}

const manifest = (content: object) => ({
  images: [{ imageId: { imageDigest: 'sha256:m' }, imageManifest: JSON.stringify(content) }],
})
const absent = () => ({ __type: 'RepositoryNotFoundException' })

test('an image is its digest, its architecture and its labels', async (t) => {
  const config = { architecture: 'arm64', config: { Labels: { a: '1' } } }
  const repository = await repositoryOf(t, {
    BatchGetImage: ({ imageIds: [id] }: { imageIds: { imageTag?: string }[] }) =>
      id?.imageTag === 'api' ? manifest({ config: { digest: 'sha256:c' } }) : { images: [] },
    GetDownloadUrlForLayer: ({ layerDigest }: { layerDigest: string }, url) => ({
      downloadUrl: `${url}/${layerDigest}`,
    }),
    'sha256:c': () => config,
  })
  assert.deepEqual(await repository.image('api'), { digest: 'sha256:m', architecture: 'arm64', labels: { a: '1' } })
  assert.equal(await repository.image('other'), undefined)
})

test('an index of several images, which Lambda refuses, is told as one', async (t) => {
  const repository = await repositoryOf(t, { BatchGetImage: () => manifest({ manifests: [{ digest: 'sha256:a' }] }) })
  await assert.rejects(repository.image('api'), /:api is an index of several images, which Lambda refuses/)
})

test('tags come from every page, each with its digest', async (t) => {
  const repository = await repositoryOf(t, {
    ListImages: ({ nextToken = '1' }: { nextToken?: string }) => ({
      imageIds: [{ imageTag: `api-${nextToken}`, imageDigest: `sha256:${nextToken}` }],
      ...(nextToken === '1' && { nextToken: '2' }),
    }),
  })
  assert.deepEqual(
    [...(await repository.tags())],
    [
      ['api-1', 'sha256:1'],
      ['api-2', 'sha256:2'],
    ],
  )
})

test('a tag that is on the image already stays there', async (t) => {
  const repository = await repositoryOf(t, {
    BatchGetImage: () => manifest({ config: {} }),
    PutImage: () => ({ __type: 'ImageAlreadyExistsException' }),
  })
  await repository.tag('sha256:m', 'api-live')
})

test('before the first deployment there is no repository', async (t) => {
  await repositoryOf(t, { DescribeRepositories: absent })
  assert.equal(await Repository.find('shop'), undefined)
  await assert.rejects(Repository.open('shop'), /There is no repository shop: is it deployed/)
})
