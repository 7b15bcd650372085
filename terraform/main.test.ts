import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'synth-'))
after(() => rmSync(folder, { recursive: true }))

/** Runs what cdktf.json says, with these variables and no others. */
function synth(variables: Record<string, string>) {
  const { app } = JSON.parse(readFileSync(join(root, 'cdktf.json'), 'utf8'))
  const [command = '', ...args] = app.split(' ').map((part: string) => resolve(root, part))
  const env = { PATH: process.env.PATH, ...variables }
  return spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' })
}

test('both stacks are synthesized, without an AWS setting, and hold no password', () => {
  const { status, stderr } = synth({ DB_HOST: 'db.example.com', DB_PASS: 'hunter2' })
  assert.equal(status, 0, stderr)
  for (const stack of ['registry', 'service']) {
    const json = readFileSync(join(folder, 'cdktf.out', 'stacks', stack, 'cdk.tf.json'), 'utf8')
    assert.ok(!json.includes('hunter2'))
  }
  const { stacks } = JSON.parse(readFileSync(join(folder, 'cdktf.out', 'manifest.json'), 'utf8'))
  assert.deepEqual(stacks.service.dependencies, ['registry'])
})

test('whatever is wrong is told at once, and nothing is written', () => {
  // One by itself, and one beside another.
  const wrong = { AWS_REGION: 'Seoul', DOMAIN_NAME: 'api.example.com', CDKTF_OUTDIR: join(folder, 'none') }
  const { status, stderr } = synth(wrong)
  assert.equal(status, 1)
  for (const start of ['AWS_REGION', 'DOMAIN_NAME']) assert.match(stderr, new RegExp(`^  ${start}`, 'm'))
  assert.ok(!existsSync(join(folder, 'none', 'stacks', 'service')))
})
