/** The picture of what our Terraform deploys. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readGraph, waysOf } from '../../tools/docs/diagram/graph.ts'
import { readStack } from '../../tools/docs/synthesized.ts'
import { jwt } from '../helpers/settings.ts'
import { given, synthService } from '../helpers/stack.ts'

const graphOf = (settings?: Readonly<Record<string, string>>) =>
  readGraph(readStack(synthService(settings).json).terraform)

// What is created is docs/architecture.svg, which tools/docs/diagram.test.ts holds.
test('what is given is outside, and reached by the same ways', () => {
  const own = graphOf(given)
  for (const way of ['rds → db.example.com', 'rds-migrate → db.example.com', 's3 → my-files'])
    assert.ok(waysOf(own).includes(way), way)
  const outside = own.nodes.filter(({ place }) => place === 'outside').map(({ title }) => title)
  assert.deepEqual(outside, ['Callers', 'db.example.com', 'my-files'])
})

test('it says what callers have to show, and who verifies it', () => {
  const callers = (settings: Readonly<Record<string, string>>) => graphOf(settings).nodes[0]?.lines
  assert.deepEqual(callers({}), ['open to anyone'])
  assert.deepEqual(callers({ API_SECURITY: 'api-key' }), ['with an API key'])
  assert.deepEqual(callers(jwt), ['with a token'])
  assert.ok(waysOf(graphOf(jwt)).includes('s3 → authorizer (who calls?)'))
})
