import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { jwt, synthService } from '../helpers/stack.ts'

const document = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const stack = synthService({ ...jwt, ALARM_EMAIL: 'ops@example.com', ACCESS_LOGS: 'create' })

test('each alarm links to an entry of the runbook, and each entry has an alarm', () => {
  const descriptions = stack.values('cloudwatch_metric_alarm', 'alarm_description')
  const linked = descriptions.map((text) => /Runbook: docs\/operations\.md#(\S+)$/.exec(String(text))?.[1])
  const entries = [...document.matchAll(/^### (.+)$/gm)].map(([, id]) => id)
  assert.deepEqual([...new Set(linked)].sort(), entries.sort())
})

test('docs/operations.md lists the saved queries', () => {
  const saved = stack
    .values('cloudwatch_query_definition', 'name')
    .map((name) => String(name).replace('my_lambda/', ''))
  const table = document.split('| query | answers |')[1]?.split('\n\n')[0] ?? ''
  const listed = [...table.matchAll(/^\| ([A-Z][^|]+) \|/gm)].map(([, name]) => name)
  assert.deepEqual(listed.sort(), saved.toSorted())
  for (const [, name = ''] of document.matchAll(/quer(?:y|ies) “([^”]+)”/g)) assert.ok(saved.includes(name), name)
})
