import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { test } from 'node:test'

/** Runs the scan with tools that print these reports. */
function audit(reports: Readonly<Record<'checkov' | 'hadolint' | 'zizmor', object>>) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'tools-'))
  for (const [name, report] of Object.entries(reports))
    writeFileSync(join(folder.path, name), `#!/bin/sh\necho '${JSON.stringify(report)}'\n`, { mode: 0o755 })
  const env = { ...process.env, PATH: `${folder.path}${delimiter}${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(import.meta.dirname, 'policies.ts')], {
    env,
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

const failed = (check_id: string) => ({ check_id, check_name: 'a rule', resource: 'aws_x.y', file_path: '/most/x' })
const checkov = (...rules: string[]) => ({
  summary: { passed: 10, failed: rules.length },
  results: { failed_checks: rules.map(failed) },
})

test('rules that docs/security.md accepts are no findings', () => {
  const { status, output } = audit({ checkov: checkov('CKV_AWS_59', 'CKV_AWS_73'), hadolint: [], zizmor: [] })
  assert.equal(status, 0, output)
  assert.match(output, /^checkov: nothing but what docs\/security\.md accepts$/m)
})

test('a rule that nobody accepted fails, of whichever tool', () => {
  const hadolint = [{ code: 'DL3002', message: 'Last user should not be root', file: 'Dockerfile_rds', line: 1 }]
  const zizmor = [{ ident: 'template-injection', desc: 'code injection' }]
  const { status, output } = audit({ checkov: checkov('CKV_AWS_59', 'CKV_AWS_24'), hadolint, zizmor })
  assert.equal(status, 1, output)
  assert.match(output, /CKV_AWS_24 .*aws_x\.y.*DL3002 .*Dockerfile_rds:1.*template-injection/s)
  assert.doesNotMatch(output, /CKV_AWS_59/)
})

test('a scan that looked at nothing is no good news', () => {
  const nothing = { summary: { passed: 0, failed: 0 }, results: { failed_checks: [] } }
  const { status, output } = audit({ checkov: nothing, hadolint: [], zizmor: [] })
  assert.equal(status, 1, output)
  assert.match(output, /checkov looked at nothing/)
})
