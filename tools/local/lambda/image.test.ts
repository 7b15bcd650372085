import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { createFunction } from './function.ts'

const BASE = 'public.ecr.aws/lambda/nodejs:24'
const image = `my_lambda-test:${process.pid}`
const skip = spawnSync('docker', ['image', 'inspect', BASE]).status === 0 ? false : `needs Docker with ${BASE}`

const docker = (args: string[], input?: string) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe', input })
const containers = () => docker(['ps', '--all', '--quiet', '--filter', 'name=in-a-container-'])

const FILES = {
  'index.js': [
    'exports.echo = async (event, context) => ({ event, context, environment: process.env })',
    'exports.exit = async () => process.exit(3)',
    'exports.wait = () => new Promise((done) => setTimeout(done, 60_000))',
  ].join(';'),
  'fails.js': 'throw new RangeError("cannot start")',
}

/** Invokes a function of the image, runs `look`, and stops it without a leftover container. */
async function invoke(handler: string, timeout: number, look = () => {}) {
  const lines: string[] = []
  const limits = { memorySize: 256, timeout }
  const wiring = { name: 'in-a-container', handler, ...limits, environment: { PASSWORD: 'secret' } }
  const lambda = createFunction({ wiring, code: { type: 'image', image }, log: (line) => lines.push(line) })
  const result = await lambda.invoke({ a: 1 }).finally(look)
  await lambda.stop()
  assert.equal(containers(), '')
  return { ...result, lines }
}

test('runs a container image over the same Runtime API, and stops it silently', { skip }, async (t) => {
  const commands = Object.entries(FILES).map(([name, text]) => `RUN echo '${text}' > /var/task/${name}\n`)
  docker(['build', '--quiet', '--tag', image, '-'], `FROM ${BASE}\n${commands.join('')}CMD ["index.echo"]`)
  t.after(() => docker(['rmi', '--force', image]))
  const { payload, functionError, initDuration, lines } = await invoke('index.echo', 10, () => {
    const ids = containers().split('\n').filter(Boolean)
    assert.doesNotMatch(docker(['inspect', ...ids, '--format', '{{.Args}}']), /secret/)
  })
  assert.equal(functionError, undefined, payload)
  const { event, context, environment } = JSON.parse(payload)
  assert.deepEqual([event, context.functionName], [{ a: 1 }, 'in-a-container'])
  assert.deepEqual([environment.PASSWORD, environment.LAMBDA_TASK_ROOT], ['secret', '/var/task'])
  assert.ok((initDuration ?? 0) > 0)
  assert.deepEqual(lines, [])
  for (const [handler, error] of [
    ['index.exit', /Runtime exited with error: exit status 3/],
    ['index.wait', /Task timed out after 2.00 seconds/],
    ['fails.handler', /cannot start/],
  ] as const)
    assert.match((await invoke(handler, 2)).payload, error)
})
