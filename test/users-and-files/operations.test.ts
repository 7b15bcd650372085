import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { logQueries } from '../../terraform/monitoring/log-queries.ts'
import { jwt } from '../helpers/settings.ts'
import { newServiceStack, synthService } from '../helpers/stack.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const document = read('docs/operations.md')

const entries = [...document.matchAll(/^### (.+)$/gm)].map(([, id]) => id)

const everything = { ...jwt, ALARM_EMAIL: 'ops@example.com', ACCESS_LOGS: 'create' }

test('each alarm leads to an entry of the runbook, and each entry is some alarm’s', () => {
  const linked = synthService(everything)
    .all('cloudwatch_metric_alarm')
    .map(({ alarm_description }) => {
      const [, path = '', id = ''] = /(\S+)#(\S+)$/.exec(String(alarm_description)) ?? []
      assert.equal(path, 'docs/operations.md')
      return id
    })
  assert.deepEqual([...new Set(linked)].sort(), entries.sort())
})

test('the saved queries are those that it lists', () => {
  const saved = logQueries(newServiceStack(everything)).map(({ name }) => name)
  const table = document.split('| query | answers |')[1]?.split('\n\n')[0] ?? ''
  assert.deepEqual(
    [...table.matchAll(/^\| ([A-Z][^|]+) \|/gm)].map(([, name]) => name),
    saved,
  )
  for (const [, name = ''] of document.matchAll(/quer(?:y|ies) “([^”]+)”/g)) assert.ok(saved.includes(name), name)
})
