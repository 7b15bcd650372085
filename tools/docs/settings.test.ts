import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingNames } from '../../terraform/settings.ts'
import { TerraformJson } from '../local/wiring/terraform.ts'
import { ROOT } from '../process/command.ts'
import { settingsPage } from './settings.ts'
import { synthesized } from './synthesized.ts'

test('docs/settings.md has the settings of what is declared, as `make docs` writes it', async () => {
  const page = await readFile(join(ROOT, 'docs/settings.md'), 'utf8')
  assert.equal(page, settingsPage(page, (await synthesized()).terraform))
  const names = (...types: readonly string[]) => {
    const resource = Object.fromEntries(types.map((type) => [type, { it: {} }]))
    const tables = settingsPage(page, new TerraformJson({ resource }))
    return [...tables.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  }
  const [all, most, fewest] = [names('aws_s3_bucket', 'aws_db_instance'), names('aws_db_instance'), names()]
  assert.deepEqual(all.sort(), settingNames.toSorted())
  assert.ok(all.length > most.length && most.length > fewest.length && fewest.length > 0)
})
