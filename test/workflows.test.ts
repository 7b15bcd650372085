/** Workflows of .github/, whose gaps show only after a push. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { settingsVariables } from '../terraform/settings.ts'

const read = (name: string) => readFileSync(new URL(`../.github/workflows/${name}.yml`, import.meta.url), 'utf8')
const [, jobs = ''] = read('deploy').split(/^jobs:\n/m)
const job = (name: string) => new RegExp(`^  ${name}:\\n((?:(?: {4}.*)?\\n)*)`, 'm').exec(jobs)?.[1] ?? ''
const steps = job('deploy').split(/^ {6}- /m)
const indexOf = (text: string | RegExp) => steps.findIndex((step) => step.search(text) >= 0)

test('passes every variable and secret to the deployment, which picks the settings', () => {
  const [, env = ''] = /^ {8}env:\n((?: {10}.*\n)*)/m.exec(steps.at(-1) ?? '') ?? []
  const given = Object.fromEntries([...env.matchAll(/^ +([A-Z_]+): (.*)$/gm)].map(([, name, value]) => [name, value]))
  assert.deepEqual([given.SETTINGS, given.SECRETS], ['${{ toJSON(vars) }}', '${{ toJSON(secrets) }}'])
  const SETTINGS = JSON.stringify({ PROJECT: 'mine', VPC_ID: 'vpc-1', LD_PRELOAD: 'evil.so' })
  Object.assign(process.env, { SETTINGS, SECRETS: '{"DB_PASS":"hunter2"}', VPC_ID: 'vpc-2' })
  const { PROJECT, DB_PASS, VPC_ID, LD_PRELOAD } = settingsVariables('none')
  assert.deepEqual([PROJECT, DB_PASS, VPC_ID, LD_PRELOAD], ['mine', 'hunter2', 'vpc-2', undefined])
})

test('deploys only after the tests', () => {
  assert.match(job('deploy'), /^ {4}needs: test$/m)
  assert.match(job('test'), /^ {4}uses: \.\/\.github\/workflows\/test\.yml$/m)
  assert.match(read('test'), /^ {2}workflow_call:/m)
})

test('installs packages before it has credentials, and gives secrets only to the deployment', () => {
  const [install, credentials, deploy] = [indexOf('.installed'), indexOf('configure-aws-'), indexOf(/run: make deploy/)]
  assert.ok(install > 0 && install < credentials && credentials < deploy)
  assert.deepEqual(
    steps.flatMap((step, index) => (/secrets[.)]/.test(step) ? [index] : [])),
    [deploy],
  )
})
