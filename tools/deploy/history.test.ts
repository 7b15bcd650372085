import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Entry, historyIn, previousState, rolledBack, tagOf } from './history.ts'

/** `rds a` is a release, `rds ↩ a` a rollback; what is joined by + happened at once. */
const history = (...steps: string[]): Entry[] =>
  steps.flatMap((step, minute) =>
    step.split(' + ').map((text) => {
      const [image, ...rest] = text.split(' ')
      const event = {
        image: image as 'rds' | 's3',
        kind: rest.length > 1 ? ('rollback' as const) : ('release' as const),
        at: new Date(Date.UTC(2026, 10, 24, 12, minute)),
        revision: undefined,
      }
      return { ...event, digest: String(rest.at(-1)) }
    }),
  )

test('an event is a tag that a registry takes, and is read from it', () => {
  const at = new Date('2026-11-24T14:55:03.123Z')
  const event = { image: 'rds', kind: 'release', at, revision: 'c1cab2c94d01-dirty' } as const
  const tag = tagOf(event)
  assert.equal(tag, 'rds-release-20261124T145503Z-c1cab2c94d01-dirty')
  assert.match(tag, /^\w[\w.-]{0,127}$/)
  const read = historyIn(new Map(['rds', 'rds-live', tag, 'somebody-else'].map((each) => [each, 'sha256:12'])))
  assert.deepEqual(read, [{ ...event, at: new Date('2026-11-24T14:55:03Z'), digest: 'sha256:12' }])
})

test('events are in the order of their times, whatever that of the tags', () => {
  const [a, b, c] = ['rds-release-20251124T120000Z', 's3-release-20261124T120000Z', 'rds-rollback-20261125T000000Z']
  const digests = historyIn(new Map([b, c, a].map((tag) => [tag, tag]))).map(({ digest }) => digest)
  assert.deepEqual(digests, [a, b, c])
})

test('before the first deployment, or the first that is known, there is nothing to go back to', () => {
  assert.equal(previousState([]), undefined)
  assert.equal(previousState(history('rds a', 'rds ↩ z')), undefined)
  assert.equal(previousState(history('rds a + s3 a')), undefined)
})

test('what the last deployment changed is undone, and nothing else', () => {
  assert.deepEqual(previousState(history('rds a + s3 a', 'rds b', 's3 b')), { rds: 'b', s3: 'a' })
  assert.deepEqual(previousState(history('rds a + s3 a', 'rds b + s3 b')), { rds: 'a', s3: 'a' })
})

test('rolled back twice it goes further back, and never forward to what was bad', () => {
  const once = ['rds a', 'rds b', 'rds c', 'rds ↩ b']
  assert.deepEqual(previousState(history(...once)), { rds: 'a' })
  assert.equal(previousState(history(...once, 'rds ↩ a')), undefined)
  assert.deepEqual(previousState(history(...once, 'rds d')), { rds: 'b' })
})

test('what was rolled back from is known until the next deployment', () => {
  assert.deepEqual(rolledBack(history('rds a', 's3 a', 'rds b', 'rds c', 'rds ↩ a'), 'rds'), ['b', 'c'])
  assert.deepEqual(rolledBack(history('rds a', 's3 a', 'rds b', 'rds ↩ a'), 's3'), [])
  assert.deepEqual(rolledBack(history('rds a', 'rds b', 'rds ↩ a', 'rds c'), 'rds'), [])
})
