import assert from 'node:assert/strict'
import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { settingNames } from '../../terraform/settings.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'
import { ROOT, run } from '../process/command.ts'
import { readApis } from './openapi/apis.ts'
import { settingsPage } from './settings.ts'
import { synthesized } from './synthesized.ts'

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

test('docs/settings.md has the settings of what is declared, as `make docs` writes it', async () => {
  const page = await readFile(join(ROOT, 'docs/settings.md'), 'utf8')
  assert.equal(page, settingsPage(page, (await synthesized('default')).terraform))
  const names = (...types: readonly string[]) => {
    const resource = Object.fromEntries(types.map((type) => [type, { it: {} }]))
    const tables = settingsPage(page, new TerraformJson({ resource }))
    return [...tables.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  }
  const [all, most, fewest] = [names('aws_s3_bucket', 'aws_db_instance'), names('aws_db_instance'), names()]
  assert.deepEqual(all.sort(), settingNames.toSorted())
  assert.ok(all.length > most.length && most.length > fewest.length && fewest.length > 0)
})
