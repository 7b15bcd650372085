import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { App } from 'cdktf'
import { images } from '../tools/build/images.ts'
import { DeploymentStack } from './deployment-stack.ts'
import { ImageFunction } from './image-function.ts'
import { namesOf } from './names.ts'
import { Network } from './network.ts'
import { RestApi } from './rest-api.ts'
import { functionRole } from './role.ts'
import { readSettings } from './settings.ts'

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
  const wrong = {
    AWS_REGION: 'Seoul',
    SUBNET_IDS: 'subnet-1',
    IMAGE_S3: 'my_lambda:s3',
    BUCKET_NAME: 'My_Files',
    RESERVED_CONCURRENCY: '1000',
    SECRETS_ENDPOINT: 'existing',
    CORS_ORIGIN: `https://${'a'.repeat(4200)}`,
  }
  const env = environment({ ...wrong, CDKTF_OUTDIR: join(folder, 'none') })
  const { status, stderr } = spawnSync(process.execPath, [main], { cwd: folder, env, encoding: 'utf8' })
  assert.equal(status, 1)
  const expected = [
    ...Object.keys(wrong).filter((name) => name !== 'CORS_ORIGIN'),
    ...[...images, 'rds-migrate'].map((name) => `function ${name}: its environment has`),
  ]
  const lines = stderr.trim().split('\n').slice(1)
  assert.equal(lines.length, expected.length, stderr)
  for (const start of expected)
    assert.ok(
      lines.some((line) => line.startsWith(`  ${start}`)),
      start,
    )
  assert.ok(!existsSync(join(folder, 'none', 'stacks', 'service')))
})

test('a function that outlasts the gateway is refused', () => {
  const settings = readSettings({})
  const names = namesOf(settings)
  const stack = new DeploymentStack(new App({ stackTraces: false }), 'stack', settings)
  const network = new Network(stack, 'network', { settings, names, readsSecret: false })
  const role = functionRole(stack, { name: 'role', partition: 'aws', bucketName: 'files', secretArn: undefined })
  const target = new ImageFunction(stack, 'function', {
    name: 'slow',
    imageUri: 'repository@sha256:0',
    architecture: 'arm64',
    memorySize: 128,
    timeout: 60,
    environment: {},
    calls: [],
    logRetention: 30,
    kmsKeyArn: undefined,
    role,
    network,
  })
  new RestApi(stack, 'api', {
    name: 'slow',
    basePath: 'slow',
    function: target,
    definition: { title: '', description: '', routes: {} },
    access: { type: 'open' },
    throttle: { rate: 1, burst: 1 },
    corsOrigin: '*',
    hasDomain: false,
  })
  const problems = stack.node.findAll().flatMap((construct) => construct.node.validate())
  assert.equal(problems.length, 1)
  assert.match(String(problems), /^API slow waits 29 s, and its function may take 60 s: lower the/)
})
