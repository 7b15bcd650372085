import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf } from './finding.ts'
import { missing } from './machine.ts'

test('a variable that Terraform has to be given is missing, unless the environment or a default has it', () => {
  const backend = { terraform: { backend: {} } }
  const stacks = [
    { json: backend },
    { json: { ...backend, variable: { a_key: { description: "A_KEY: a partner's" } } } },
    { json: { ...backend, variable: { other: { description: 'OTHER', default: null } } } },
  ]
  assert.deepEqual(linesOf(missing(stacks, { A_KEY: '' })), [
    "✖ Variable    missing: A_KEY: a partner's",
    '              → set A_KEY in .env or in the environment',
  ])
  assert.deepEqual(missing(stacks, { A_KEY: 'x' }), [])
})
