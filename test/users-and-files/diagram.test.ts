/** The picture of what our Terraform deploys. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readGraph, waysOf } from '../../tools/docs/diagram/graph.ts'
import { readStack } from '../../tools/docs/synthesized.ts'
import { jwt } from '../helpers/settings.ts'
import { synthService } from '../helpers/stack.ts'

const graphOf = (settings?: Readonly<Record<string, string>>) =>
  readGraph(readStack(synthService(settings).json).terraform)

test('it says what callers have to show, and who verifies it', () => {
  const callers = (settings: Readonly<Record<string, string>>) => graphOf(settings).nodes[0]?.lines
  assert.deepEqual(callers({}), ['open to anyone'])
  assert.deepEqual(callers({ API_SECURITY: 'api-key' }), ['with an API key'])
  assert.deepEqual(callers(jwt), ['with a token'])
  assert.ok(waysOf(graphOf(jwt)).includes('s3 → authorizer (who calls?)'))
})
