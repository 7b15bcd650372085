import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { given, jwt, type SynthesizedStack, synthService } from '../helpers/stack.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const document = read('docs/security.md')
const section = (title: string) => document.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
const rows = (title: string) =>
  section(title)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.split(/ ?\| ?/).slice(1, -1))

test('every threat in docs/security.md names a test that exists', () => {
  const threats = rows('Threats')
  assert.ok(threats.length >= 25)
  for (const [threat = '', , cell = ''] of threats) {
    const [, path = '', title = ''] = /^`([\w/.-]+\.test\.ts)` “([^”]+)”$/.exec(cell) ?? []
    assert.ok(path, `${threat}: ${cell}`)
    assert.ok(read(path).includes(title), `${path} has no “${title}”`)
  }
})

test('docs/security.md has a reason for every rule that scanners skip', () => {
  const files = ['.checkov.yaml', '.hadolint.yaml', '.github/zizmor.yml'].map(read).join('')
  const left = [...files.matchAll(/CKV2?_\w+|DL\d+|^ {2}[a-z-]+(?=:$)/gm)].map(([rule]) => rule.trim())
  const told = section('Remaining risks').matchAll(/^\| (\w[\w, -]*) \|/gm)
  const reasons = [...told].flatMap(([, rules = '']) => rules.split(', ')).filter((rule) => rule !== 'rule')
  assert.deepEqual(left.sort(), reasons.sort())
})

/** `role action` of every statement and managed policy. */
function permissions(stack: SynthesizedStack): string[] {
  const inline = stack.all('iam_role_policy').flatMap(({ role, policy }) =>
    JSON.parse(String(policy)).Statement.flatMap(({ Effect, Action, Resource }: Record<string, string | string[]>) => {
      if (Effect === 'Deny') return []
      for (const resource of [Resource].flat()) assert.doesNotMatch(String(resource), /^\*$|:\*$/)
      return [Action].flat().map((action) => `${stack.target(role)?.name} ${action}`)
    }),
  )
  const managed = stack
    .all('iam_role_policy_attachment')
    .map(({ role, policy_arn }) => `${stack.target(role)?.name} ${String(policy_arn).split('/').at(-1)}`)
  return [...inline, ...managed]
}

test('docs/security.md lists the permissions of the Terraform, none of them for every resource', () => {
  const watched = { TRACING: 'true', ACCESS_LOGS: 'create' }
  const variants = [{}, given, { ...jwt, ...watched }, { ...given, DB_SECRET_ID: 'mine' }, { KMS_KEY: 'create' }]
  const real = new Set(variants.flatMap((variables) => permissions(synthService(variables))))
  const told = rows('Permissions').map(([role = '', may = '']) => `${role} ${may}`.replaceAll('`', ''))
  assert.deepEqual(told.sort(), [...real].sort())
})
