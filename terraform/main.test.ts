import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { RestApi } from './api/rest-api.ts'
import { ImageFunction } from './lambda/image-function.ts'
import { environmentOf } from './lambda/variables.ts'
import { createStacks } from './stacks.ts'

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'synth-'))
after(() => rmSync(folder, { recursive: true }))

const main = join(root, 'terraform', 'main.ts')
const environment = (variables: Record<string, string>) => ({ PATH: process.env.PATH, ...variables })

test('both stacks are synthesized, without an AWS setting, and hold no password', async () => {
  const env = environment({ DB_HOST: 'db.example.com', DB_PASS: 'hunter2' })
  await promisify(execFile)(process.execPath, [main], { cwd: folder, env })
  for (const stack of ['registry', 'service']) {
    const json = readFileSync(join(folder, 'cdktf.out', 'stacks', stack, 'cdk.tf.json'), 'utf8')
    assert.ok(!json.includes('hunter2'))
  }
  const { stacks } = JSON.parse(readFileSync(join(folder, 'cdktf.out', 'manifest.json'), 'utf8'))
  assert.deepEqual(stacks.service.dependencies, ['registry'])
})

test('cdktf.json runs this synthesis', () => {
  const { app } = JSON.parse(readFileSync(join(root, 'cdktf.json'), 'utf8'))
  for (const part of app.split(' ')) assert.ok(existsSync(join(root, part)), part)
})

test('whatever is wrong is told at once, and nothing is written', () => {
  // One by itself, one beside another, and one that a function finds.
  const wrong = { AWS_REGION: 'Seoul', DOMAIN_NAME: 'api.example.com', CORS_ORIGIN: `https://${'a'.repeat(4200)}` }
  const env = environment({ ...wrong, CDKTF_OUTDIR: join(folder, 'none') })
  const { status, stderr } = spawnSync(process.execPath, [main], { cwd: folder, env, encoding: 'utf8' })
  assert.equal(status, 1)
  for (const start of ['AWS_REGION', 'DOMAIN_NAME', 'function ']) assert.match(stderr, new RegExp(`^  ${start}`, 'm'))
  assert.ok(!existsSync(join(folder, 'none', 'stacks', 'service')))
})

test('a function that outlasts the gateway is refused', () => {
  const { problems } = createStacks({}, (service) => {
    const slow = new ImageFunction(service, 'slow', { environment: environmentOf(v.object({})), timeout: 60 })
    new RestApi(service, 'slow', { definition: { title: '', description: '', routes: {} }, function: slow })
  })
  assert.deepEqual(problems, ["API slow waits 29 s, and its function may take 60 s: lower the function's timeout"])
})
