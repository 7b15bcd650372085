import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createFunction } from './function.ts'

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

const containers = () => docker('ps', '--all', '--quiet', '--filter', 'name=in-a-container-')

/** Invokes a function of the image, has a look, and stops it, after which no container is left. */
async function invoke(handler: string, event: object, timeout = 10, look = () => {}) {
  const lines: string[] = []
  const environment = { PASSWORD: 'secret' }
  const wiring = { name: 'in-a-container', handler, memorySize: 256, timeout, environment }
  const code = { type: 'image', image: IMAGE } as const
  const log = (line: string) => lines.push(line)
  const lambda = createFunction({ wiring, code, log })
  const result = await lambda.invoke(event).finally(() => look())
  await lambda.stop()
  assert.equal(containers(), '')
  return { ...result, lines }
}

test('a container image is driven over the same Runtime API, and its end is silent', { skip }, async () => {
  const { payload, functionError, initDuration, lines } = await invoke('behaviours.echo', { a: 1 }, 10, () => {
    const ids = containers().split('\n').filter(Boolean)
    assert.doesNotMatch(docker('inspect', ...ids, '--format', '{{.Args}}'), /secret/)
  })
  assert.equal(functionError, undefined, payload)
  const { event, context, environment } = JSON.parse(payload)
  assert.deepEqual([event, context.functionName], [{ a: 1 }, 'in-a-container'])
  assert.deepEqual([environment.PASSWORD, environment.LAMBDA_TASK_ROOT], ['secret', '/var/task'])
  assert.ok((initDuration ?? 0) > 0)
  assert.deepEqual(lines, [])
  for (const [handler, event, error] of [
    ['behaviours.exit', { status: 3 }, /Runtime exited with error: exit status 3/],
    ['behaviours.wait', { milliseconds: 60_000 }, /Task timed out after 2.00 seconds/],
    ['fails-at-start.handler', {}, /cannot start/],
  ] as const)
    assert.match((await invoke(handler, event, 2)).payload, error)
})
