import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestNamed, previousDigests, releasesIn } from './releases.ts'

/** Releases in order, such as `api a`; + joins those of one deployment. */
const history = (...steps: string[]) =>
  steps.flatMap((step, minute) =>
    step.split(' + ').map((text) => {
      const [image = '', digest = ''] = text.split(' ')
      return { image, digest, at: new Date(Date.UTC(2026, 10, 24, 12, minute)), revision: undefined }
    }),
  )

test('reads releases back from valid tags, in order of time', () => {
  const tags = ['api-release-20261124T145503Z-c1cab2c94d01-dirty', 'api-release-20251124T120000Z', 'api', 'api-live']
  const [digest = '', first = ''] = tags
  assert.deepEqual(releasesIn(new Map(tags.map((tag) => [tag, tag]))), [
    { image: 'api', digest: first, at: new Date('2025-11-24T12:00:00Z'), revision: undefined },
    { image: 'api', digest, at: new Date('2026-11-24T14:55:03Z'), revision: 'c1cab2c94d01-dirty' },
  ])
})

const both = ['api a + files a']
/** Past releases, live images, and the target of a rollback. */
const cases: readonly (readonly [string, string[], string, Record<string, string>])[] = [
  ['no release, no target', [], 'api a', {}],
  ['no target before the first deployment', both, 'api a + files a', {}],
  ['only images of the last deployment', [...both, 'api b', 'files b'], 'api b + files b', { files: 'a' }],
  ['both, if both changed', [...both, 'api b + files b'], 'api b + files b', { api: 'a', files: 'a' }],
  ['an unrecorded deployment that broke off', [...both, 'api b'], 'api c + files a', { api: 'b' }],
  ['further back after a rollback', ['api a', 'api b', 'api c', 'api b'], 'api b', { api: 'a' }],
  ['then the other image', [...both, 'api b', 'files b', 'files a'], 'api b + files a', { api: 'a' }],
  ['never to a bad image', ['api a', 'api b', 'api a'], 'api a', {}],
  ['nor after a deployment', ['api a', 'api b', 'api c', 'api b', 'api d'], 'api d', { api: 'b' }],
]

for (const [name, releases, live, previous] of cases)
  test(`rolls back: ${name}`, () => {
    const now = history(live).map(({ image, digest }) => [image, digest] as const)
    assert.deepEqual(previousDigests(history(...releases), new Map(now)), previous)
  })

test('finds the live image of a digest or its prefix', () => {
  const releases = history('api sha256:ab', 'files sha256:cd', 'api sha256:ab', 'api sha256:ce')
  assert.deepEqual(digestNamed('sha256:a', releases), { api: 'sha256:ab' })
  assert.deepEqual(digestNamed('sha256:cd', releases), { files: 'sha256:cd' })
  for (const [start, count] of Object.entries({ 'sha256:': 3, 'sha256:ff': 0 }))
    assert.throws(() => digestNamed(start, releases), new RegExp(`DIGEST=${start} .* ${count} released .*releases`))
})
