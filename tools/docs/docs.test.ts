import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingNames } from '../../terraform/settings.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'
import { ROOT, run } from '../process/command.ts'
import { settingsPage } from './settings.ts'

const DOCS = join(ROOT, 'docs')

test('docs/ matches the output of `make docs`, without removed APIs', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'docs-'))
  await run(process.execPath, ['tools/docs/docs.ts', folder.path], { cwd: ROOT })
  const derived = (cwd: string) =>
    ['architecture.svg', 'settings.md', ...globSync('openapi/*', { cwd }).sort()].map((path) => [
      path,
      readFileSync(join(cwd, path), 'utf8'),
    ])
  assert.deepEqual(derived(DOCS), derived(folder.path), 'docs/ is stale: run `make docs`')
})

test('docs/settings.md lists the settings of the declared resources', () => {
  const page = readFileSync(join(DOCS, 'settings.md'), 'utf8')
  const names = (...types: readonly string[]) => {
    const resource = Object.fromEntries(types.map((type) => [type, { it: {} }]))
    const tables = settingsPage(page, new TerraformJson({ resource }))
    return [...tables.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  }
  const [all, most, fewest] = [names('aws_s3_bucket', 'aws_db_instance'), names('aws_db_instance'), names()]
  assert.deepEqual(all.sort(), settingNames.toSorted())
  assert.ok(all.length > most.length && most.length > fewest.length && fewest.length > 0)
})
