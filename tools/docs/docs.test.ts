import assert from 'node:assert/strict'
import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../process/command.ts'

test('make docs OUT=… writes the description and the picture of these settings into that folder', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'docs-'))
  const env = { OUT: folder.path, API_SECURITY: 'iam' }
  const output = await run(process.execPath, ['tools/docs/docs.ts'], { env })
  const files = ['openapi.json', 'architecture.svg'].map((name) => join(folder.path, name))
  assert.deepEqual(output.split('\n'), files)
  const [description = '', picture = ''] = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  const operations = Object.values<Record<string, { security?: object }>>(JSON.parse(description).paths)
  for (const { get } of operations) if (get) assert.deepEqual(get.security, [{ iam: [] }])
  assert.match(picture, /IAM/)
})
