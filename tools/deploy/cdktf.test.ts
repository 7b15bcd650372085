import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DEPLOY_FOLDER } from './cdktf-cli.ts'

const ENVIRONMENT = 'never-deployed'

test('a smoke test of what was never deployed says so, without Terraform', (t) => {
  t.after(() => rmSync(join(DEPLOY_FOLDER, 'environments', ENVIRONMENT), { recursive: true, force: true }))
  const { status, stderr } = spawnSync(process.execPath, ['tools/deploy/smoke.ts'], {
    // Neither Terraform nor npm, which would install what runs it.
    env: { HOME: process.env.HOME, PATH: '/nonexistent', ENVIRONMENT, STATE_BUCKET: '' },
    encoding: 'utf8',
  })
  assert.match(stderr, /^There is no URL.*`make deploy`/m)
  assert.equal(status, 1)
})
