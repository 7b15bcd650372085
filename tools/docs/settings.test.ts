import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingNames } from '../../terraform/settings.ts'
import { ROOT } from '../process/command.ts'
import { settingsPage } from './settings.ts'

test('docs/settings.md has every setting, as `make docs` writes it', () => {
  const page = readFileSync(join(ROOT, 'docs/settings.md'), 'utf8')
  assert.equal(page, settingsPage(page))
  for (const name of settingNames) assert.ok(page.includes(`\n| \`${name}\` | `), name)
})
