/** Workflows of .github/, where nobody sees what they leave out before the next push. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { settingsSchema } from '../terraform/settings-fields.ts'

const read = (name: string) => readFileSync(new URL(`../.github/workflows/${name}.yml`, import.meta.url), 'utf8')
const [, jobs = ''] = read('deploy').split(/^jobs:\n/m)
const job = (name: string) => new RegExp(`^  ${name}:\\n((?:(?: {4}.*)?\\n)*)`, 'm').exec(jobs)?.[1] ?? ''
const steps = job('deploy').split(/^ {6}- /m)
const indexOf = (text: string | RegExp) => steps.findIndex((step) => step.search(text) >= 0)

test('every setting is a variable, for one that is missing would be undone by the next push', () => {
  const passed = [...jobs.matchAll(/^ +([A-Z_0-9]+): \$\{\{ vars\.([A-Z_0-9]+) \}\}$/gm)].map(([, name, from]) => {
    assert.equal(name, from)
    return String(name)
  })
  assert.deepEqual(passed.sort(), Object.keys(settingsSchema.entries).sort())
})

test('a deployment waits for the tests', () => {
  assert.match(job('deploy'), /^ {4}needs: test$/m)
  assert.match(job('test'), /^ {4}uses: \.\/\.github\/workflows\/test\.yml$/m)
  assert.match(read('test'), /^ {2}workflow_call:/m)
})

test('packages are installed before there is a credential, and the one secret is given to the deployment alone', () => {
  const [install, credentials, deploy] = [indexOf('.installed'), indexOf('configure-aws-'), indexOf(/run: make deploy/)]
  assert.ok(install > 0 && install < credentials && credentials < deploy)
  assert.deepEqual(
    steps.flatMap((step, index) => (step.includes('secrets.') ? [index] : [])),
    [deploy],
  )
})
