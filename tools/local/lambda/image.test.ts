import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { createFunction } from './function.ts'

const BASE = 'public.ecr.aws/lambda/nodejs:24'
const image = `my_lambda-test:${process.pid}`
const skip = spawnSync('docker', ['image', 'inspect', BASE]).status === 0 ? false : `needs Docker with ${BASE}`

const docker = (args: string[], input?: string) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe', input })

before(() => {
  const dockerfile = `FROM ${BASE}\nCOPY . /var/task/\nCMD ["behaviours.echo"]`
  if (!skip) docker(['build', '--quiet', '--tag', image, '--file', '-', `${import.meta.dirname}/fixtures`], dockerfile)
})
after(() => {
  if (!skip) docker(['rmi', '--force', image])
})

const containers = () => docker(['ps', '--all', '--quiet', '--filter', 'name=in-a-container-'])

/** Invokes a function of the image, has a look, and stops it, after which no container is left. */
async function invoke(handler: string, event: object, timeout = 10, look = () => {}) {
  const lines: string[] = []
  const limits = { memorySize: 256, timeout }
  const wiring = { name: 'in-a-container', handler, ...limits, environment: { PASSWORD: 'secret' } }
  const lambda = createFunction({ wiring, code: { type: 'image', image }, log: (line) => lines.push(line) })
  const result = await lambda.invoke(event).finally(() => look())
  await lambda.stop()
  assert.equal(containers(), '')
  return { ...result, lines }
}

test('a container image is driven over the same Runtime API, and its end is silent', { skip }, async () => {
  const { payload, functionError, initDuration, lines } = await invoke('behaviours.echo', { a: 1 }, 10, () => {
    const ids = containers().split('\n').filter(Boolean)
    assert.doesNotMatch(docker(['inspect', ...ids, '--format', '{{.Args}}']), /secret/)
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
