import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestNamed, previousDigests, releasesIn } from './releases.ts'

/** `api a` went live, one after another; what is joined by + at once. */
const history = (...steps: string[]) =>
  steps.flatMap((step, minute) =>
    step.split(' + ').map((text) => {
      const [image = '', digest = ''] = text.split(' ')
      return { image, digest, at: new Date(Date.UTC(2026, 10, 24, 12, minute)), revision: undefined }
    }),
  )

test('releases are read from tags that a registry takes, in the order of their times', () => {
  const tags = ['api-release-20261124T145503Z-c1cab2c94d01-dirty', 'api-release-20251124T120000Z', 'api', 'api-live']
  const [digest = '', first = ''] = tags
  assert.deepEqual(releasesIn(new Map(tags.map((tag) => [tag, tag]))), [
    { image: 'api', digest: first, at: new Date('2025-11-24T12:00:00Z'), revision: undefined },
    { image: 'api', digest, at: new Date('2026-11-24T14:55:03Z'), revision: 'c1cab2c94d01-dirty' },
  ])
})

const both = ['api a + files a']
/** What went live, what is live now, and what a rollback goes to. */
const cases: readonly (readonly [string, string[], string, Record<string, string>])[] = [
  ['nothing is known', [], 'api a', {}],
  ['the first deployment has nothing before it', both, 'api a + files a', {}],
  ['only what the last deployment changed is undone', [...both, 'api b', 'files b'], 'api b + files b', { files: 'a' }],
  ['both, if it changed both', [...both, 'api b + files b'], 'api b + files b', { api: 'a', files: 'a' }],
  ['a deployment broke off before it was recorded', [...both, 'api b'], 'api c + files a', { api: 'b' }],
  ['rolled back once, it goes further back', ['api a', 'api b', 'api c', 'api b'], 'api b', { api: 'a' }],
  ['of another image, too', [...both, 'api b', 'files b', 'files a'], 'api b + files a', { api: 'a' }],
  ['never forward to what was bad', ['api a', 'api b', 'api a'], 'api a', {}],
  ['nor after the next deployment', ['api a', 'api b', 'api c', 'api b', 'api d'], 'api d', { api: 'b' }],
]

for (const [name, releases, live, previous] of cases)
  test(`rollback: ${name}`, () => {
    const now = history(live).map(({ image, digest }) => [image, digest] as const)
    assert.deepEqual(previousDigests(history(...releases), new Map(now)), previous)
  })

test('a digest, or its beginning, names the one image that was live', () => {
  const releases = history('api sha256:ab', 'files sha256:cd', 'api sha256:ab', 'api sha256:ce')
  assert.deepEqual(digestNamed('sha256:a', releases), { api: 'sha256:ab' })
  assert.deepEqual(digestNamed('sha256:cd', releases), { files: 'sha256:cd' })
  for (const [start, count] of Object.entries({ 'sha256:': 3, 'sha256:ff': 0 }))
    assert.throws(() => digestNamed(start, releases), new RegExp(`DIGEST=${start} .* ${count} released .*releases`))
})
