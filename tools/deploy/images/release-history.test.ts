import assert from 'node:assert/strict'
import { test } from 'node:test'
import { historyIn, previousDigests, type Release, rolledBack, tagOf } from './release-history.ts'

/** `api a` is a release, `api ↩ a` a rollback; what is joined by + happened at once. */
const history = (...steps: string[]): Release[] =>
  steps.flatMap((step, minute) =>
    step.split(' + ').map((text) => {
      const [image, ...rest] = text.split(' ')
      const event = {
        image: String(image),
        kind: rest.length > 1 ? ('rollback' as const) : ('release' as const),
        at: new Date(Date.UTC(2026, 10, 24, 12, minute)),
        revision: undefined,
      }
      return { ...event, digest: String(rest.at(-1)) }
    }),
  )

test('an event is a tag that a registry takes, and is read from it', () => {
  const at = new Date('2026-11-24T14:55:03.123Z')
  const event = { image: 'api', kind: 'release', at, revision: 'c1cab2c94d01-dirty' } as const
  const tag = tagOf(event)
  assert.equal(tag, 'api-release-20261124T145503Z-c1cab2c94d01-dirty')
  assert.match(tag, /^\w[\w.-]{0,127}$/)
  const read = historyIn(new Map(['api', 'api-live', tag, 'somebody-else'].map((each) => [each, 'sha256:12'])))
  assert.deepEqual(read, [{ ...event, at: new Date('2026-11-24T14:55:03Z'), digest: 'sha256:12' }])
})

test('events are in the order of their times, whatever that of the tags', () => {
  const [a, b, c] = ['api-release-20251124T120000Z', 'files-release-20261124T120000Z', 'api-rollback-20261125T000000Z']
  const digests = historyIn(new Map([b, c, a].map((tag) => [tag, tag]))).map(({ digest }) => digest)
  assert.deepEqual(digests, [a, b, c])
})

test('before the first deployment, or the first that is known, there is nothing to go back to', () => {
  assert.equal(previousDigests([]), undefined)
  assert.equal(previousDigests(history('api a', 'api ↩ z')), undefined)
  assert.equal(previousDigests(history('api a + files a')), undefined)
})

test('what the last deployment changed is undone, and nothing else', () => {
  assert.deepEqual(previousDigests(history('api a + files a', 'api b', 'files b')), { api: 'b', files: 'a' })
  assert.deepEqual(previousDigests(history('api a + files a', 'api b + files b')), { api: 'a', files: 'a' })
})

test('rolled back twice it goes further back, and never forward to what was bad', () => {
  const once = ['api a', 'api b', 'api c', 'api ↩ b']
  assert.deepEqual(previousDigests(history(...once)), { api: 'a' })
  assert.equal(previousDigests(history(...once, 'api ↩ a')), undefined)
  assert.deepEqual(previousDigests(history(...once, 'api d')), { api: 'b' })
})

test('what was rolled back from is known until the next deployment', () => {
  assert.deepEqual(rolledBack(history('api a', 'files a', 'api b', 'api c', 'api ↩ a'), 'api'), ['b', 'c'])
  assert.deepEqual(rolledBack(history('api a', 'files a', 'api b', 'api ↩ a'), 'files'), [])
  assert.deepEqual(rolledBack(history('api a', 'api b', 'api ↩ a', 'api c'), 'api'), [])
})
