import assert from 'node:assert/strict'
import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { settingNames } from '../../terraform/settings.ts'
import { ROOT, run } from '../process/command.ts'
import { readApis } from './openapi/apis.ts'
import { settingsPage } from './settings.ts'

test('make docs OUT=… writes the description and the picture of these settings into that folder', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'docs-'))
  const env = { OUT: folder.path, API_SECURITY: 'iam' }
  const output = await run(process.execPath, ['tools/docs/docs.ts'], { env })
  const files = output.split('\n')
  assert.deepEqual(
    files.map((file) => relative(folder.path, file)),
    ['architecture.svg', ...[...(await readApis()).keys()].map((name) => `openapi/${name}.json`)],
  )
  const [picture = '', ...descriptions] = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  for (const description of descriptions) {
    const operations = Object.values<Record<string, { security?: object }>>(JSON.parse(description).paths)
    for (const { get } of operations) if (get) assert.deepEqual(get.security, [{ iam: [] }])
  }
  assert.match(picture, /IAM/)
})

test('docs/settings.md has every setting, as `make docs` writes it', async () => {
  const page = await readFile(join(ROOT, 'docs/settings.md'), 'utf8')
  assert.equal(page, settingsPage(page))
  for (const name of settingNames) assert.ok(page.includes(`\n| \`${name}\` | `), name)
})
