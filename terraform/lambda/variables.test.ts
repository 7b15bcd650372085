import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitProblems } from './variables.ts'

test('names that Lambda keeps for itself, or does not take, are told', () => {
  const problems = limitProblems('f', { AWS_REGION: 'x', _HANDLER: 'x', AWS_LAMBDA_RUNTIME_API: 'x', 'A-B': 'x' })
  assert.equal(problems.length, 4)
  for (const problem of problems) assert.match(problem, /^function f: Lambda does not take .*: give it another name$/)
  assert.deepEqual(limitProblems('f', { AWS_ENDPOINT_URL_S3: 'x', DB_HOST: 'x' }), [])
})

test('4 KB is the limit, in bytes of the whole, and the longest is named', () => {
  // {"A1":"…"}: six signs, the name, the value.
  const fits = 'x'.repeat(4096 - '"A1":"",'.length)
  assert.deepEqual(limitProblems('f', { A1: fits }), [])
  const [problem] = limitProblems('f', { A1: `${fits.slice(0, -1)}é`, B1: 'x' })
  assert.match(String(problem), /^function f: its environment has \d+ bytes, and Lambda takes 4096: shorten A1/)
})

test('a value known only after apply counts with the longest length it can have', () => {
  const unknown = `\${TfToken[TOKEN.1]}`
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`A${index}`, unknown]))
  assert.equal(limitProblems('f', many).length, 1)
})
