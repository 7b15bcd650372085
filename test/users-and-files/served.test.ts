import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { synthesize } from '../../tools/local/wiring/synthesize.ts'
import { read } from '../helpers/wiring.ts'

test('all of the stack is served by make dev', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'served-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const { terraform, sources } = await synthesize(folder)
  const database = { host: '127.0.0.1', port: 3307, password: 'p' }
  const { functions, apis, unserved, databases, buckets } = read(terraform, { database }, sources)
  assert.deepEqual(unserved, [])
  assert.ok(databases.length > 0 && Object.keys(buckets).length > 0)
  const names = functions.map(({ name }) => name)
  for (const { integration } of apis.flatMap(({ methods }) => methods))
    if (integration.type !== 'MOCK') assert.ok(names.includes(integration.functionName), integration.functionName)
  assert.doesNotMatch(JSON.stringify(functions), /\$\{/)
})
