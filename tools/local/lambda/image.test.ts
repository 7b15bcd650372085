import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { LambdaFunction } from './function.ts'

const BASE = 'public.ecr.aws/lambda/nodejs:24'
const IMAGE = `my_lambda-test:${process.pid}`
const FIXTURES = path.join(import.meta.dirname, 'fixtures')
const skip = spawnSync('docker', ['image', 'inspect', BASE]).status === 0 ? false : `needs Docker with ${BASE}`

const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' })

before(() => {
  if (skip) return
  const input = `FROM ${BASE}\nCOPY . /var/task/\nCMD ["behaviours.echo"]`
  execFileSync('docker', ['build', '--quiet', '--tag', IMAGE, '--file', '-', FIXTURES], { input, stdio: 'pipe' })
})
after(() => {
  if (!skip) docker('rmi', '--force', IMAGE)
})

function start(handler: string, timeout: number, log = (_line: string) => {}) {
  const wiring = { name: 'in-a-container', handler, memorySize: 256, timeout }
  const environment = { PASSWORD: 'secret' }
  return new LambdaFunction({ wiring, code: { type: 'image', image: IMAGE }, environment, log })
}

const containers = () => docker('ps', '--all', '--quiet', '--filter', 'name=in-a-container-')

test('a container image is driven over the same Runtime API', { skip }, async () => {
  const lines: string[] = []
  const lambda = start('behaviours.echo', 10, (line) => lines.push(line))
  try {
    const { payload, functionError, initDuration } = await lambda.invoke({ a: 1 })
    assert.equal(functionError, undefined, payload)
    const { event, context, environment } = JSON.parse(payload)
    assert.deepEqual([event, context.functionName], [{ a: 1 }, 'in-a-container'])
    assert.deepEqual([environment.PASSWORD, environment.LAMBDA_TASK_ROOT], ['secret', '/var/task'])
    assert.ok((initDuration ?? 0) > 0)
    const ids = containers().split('\n').filter(Boolean)
    assert.doesNotMatch(docker('inspect', ...ids, '--format', '{{.Args}}'), /secret/)
  } finally {
    await lambda.stop()
  }
  assert.equal(containers(), '')
  assert.deepEqual(lines, [], 'of an end that was asked for nothing is said')
})

test('a container that crashes or hangs is a function error', { skip }, async () => {
  for (const [handler, event, error, timeout] of [
    ['behaviours.exit', { status: 3 }, /Runtime exited with error: exit status 3/, 10],
    ['behaviours.wait', { milliseconds: 60_000 }, /Task timed out after 0.50 seconds/, 0.5],
    ['fails-at-start.handler', {}, /cannot start/, 10],
  ] as const) {
    const lambda = start(handler, timeout)
    const { payload, functionError } = await lambda.invoke(event)
    await lambda.stop()
    assert.equal(functionError, 'Unhandled')
    assert.match(payload, error)
  }
  assert.equal(containers(), '')
})
