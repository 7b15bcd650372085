import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

test('whatever is wrong is told at once, and nothing is written', (t) => {
  const CDKTF_OUTDIR = mkdtempSync(join(tmpdir(), 'synth-'))
  t.after(() => rmSync(CDKTF_OUTDIR, { recursive: true }))
  // One by itself, and one beside another.
  const env = { AWS_REGION: 'Seoul', DOMAIN_NAME: 'api.example.com', CDKTF_OUTDIR }
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env,
    encoding: 'utf8',
  })
  assert.equal(status, 1)
  for (const start of ['AWS_REGION', 'DOMAIN_NAME']) assert.match(stderr, new RegExp(`^  ${start}`, 'm'))
  assert.ok(!existsSync(join(CDKTF_OUTDIR, 'stacks/service')))
})
