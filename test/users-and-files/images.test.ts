import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempDisposable, readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import * as esbuild from 'esbuild'
import { images } from '../../terraform/settings.ts'
import { buildOptions } from '../../tools/build/build.ts'
import { createFunction } from '../../tools/local/lambda/function.ts'
import type { FunctionWiring } from '../../tools/local/wiring/functions.ts'
import { synthesize } from '../../tools/local/wiring/synthesize.ts'
import { ROOT, run } from '../../tools/process/command.ts'
import { eventually } from '../helpers/dev.ts'
import { read } from '../helpers/wiring.ts'
import { type EventOptions, proxyEvent } from '../support.ts'

const tag = (image: string) => `my_lambda-test:${image}`

// In CI a missing Docker engine is an error.
const isOptional = process.env.CI !== 'true'
const skip = isOptional && spawnSync('docker', ['info']).status !== 0 && 'skipped: no Docker engine answers'

let folder: string
let wirings: readonly FunctionWiring[]
const stops = new AsyncDisposableStack()
after(() => stops.disposeAsync())

before(async () => {
  if (skip) return
  folder = stops.use(await mkdtempDisposable(join(tmpdir(), 'images-'))).path
  // In sequence: the second build reuses layers of the first.
  for (const image of images) {
    await run('docker', ['build', '--file', `Dockerfile_${image}`, '--tag', `${tag(image)}-built`, ROOT])
    await startAsAwsDoes(image)
  }
  wirings = read((await synthesize(join(folder, 'terraform'))).terraform).functions
})

/** Makes any base image start Node.js through AWS_LAMBDA_EXEC_WRAPPER, as AWS's does; a stand-in may not. */
async function startAsAwsDoes(image: string): Promise<void> {
  const command = 'exec /var/lang/bin/node'
  const wrapped = command.replace('exec', 'exec "$AWS_LAMBDA_EXEC_WRAPPER"')
  const input = `FROM ${tag(image)}-built\nRUN sed -i 's|^${command}|${wrapped}|' /lambda-entrypoint.sh\n`
  await run('docker', ['build', '--tag', tag(image), '-'], { input })
}

/** Starts a function of the deployed wiring from its image; `environment` replaces Terraform's. */
function start(name: string, environment: Record<string, string>) {
  const wiring = wirings.find((each) => each.name === name)
  assert.ok(wiring && 'image' in wiring.code, `Terraform has no function ${name}`)
  const code = { type: 'image', image: tag(wiring.code.image) } as const
  const lines: string[] = []
  const lambda = createFunction({ wiring: { ...wiring, environment }, code, log: (line) => lines.push(line) })
  stops.defer(() => lambda.stop())
  return {
    lines,
    invoke: (event: object) => lambda.invoke(event),
    async answer(options: EventOptions): Promise<{ statusCode: number; body: string }> {
      const { payload, functionError } = await lambda.invoke(proxyEvent(options))
      assert.equal(functionError, undefined, payload)
      return JSON.parse(payload)
    },
  }
}

/** Compile caches of the bundles that requests load. */
const cached: Readonly<Record<string, readonly string[]>> = {
  rds: ['authorities.cache', 'driver-errors.cache', 'function.cache', 'secret-reader.cache'],
  s3: ['function.cache'],
}

for (const image of images) {
  test(`the image ${image} holds only the host's bundles and a compile cache`, { skip }, async (t) => {
    const content = join(folder, image)
    const id = await run('docker', ['create', tag(image)])
    t.after(() => run('docker', ['rm', id]))
    await run('docker', ['cp', `${id}:/var/task`, content])
    const { outputFiles = [] } = await esbuild.build({ ...buildOptions(image, `dist/${image}`), write: false })
    const built = outputFiles.map(({ path }) => basename(path))
    assert.deepEqual((await readdir(content)).sort(), [...built, ...(cached[image] ?? [])].sort())
    for (const { path, contents } of outputFiles) {
      const file = join(content, basename(path))
      assert.ok((await readFile(file)).equals(contents), `${image}: ${file} differs from what this machine builds`)
      const { mode, mtimeMs } = await stat(file)
      assert.equal(mode & 0o444, 0o444, 'Lambda runs as another user, who has to read it')
      assert.equal(mtimeMs, 0, 'two builds of the same sources should give the same files')
    }
  })
}

/** Settings of an unreachable database; deployment tests have a real one. */
const variables = { DB_HOST: '127.0.0.1', DB_PORT: '1', DB_USER: 'app', DB_PASS: 'secret', DB_NAME: 'app' }

test('V8 accepts the compile cache or the log warns, and logged errors name their source', { skip }, async () => {
  const rds = start('rds', variables)
  assert.equal((await rds.answer({ resource: '/rds' })).statusCode, 503)
  // Docker may deliver log lines after the response.
  await eventually(async () => /functions\/mysql\/[a-z/-]+\.ts:\d+/.test(rds.lines.join('\n')))
  assert.doesNotMatch(rds.lines.join('\n'), /compile cache/)
  // Other flags of V8 have the effect of another V8.
  const other = start('rds', { ...variables, NODE_OPTIONS: '--interpreted-frames-native-stack' })
  await other.answer({ resource: '/rds' })
  await eventually(async () => /V8 refuses the compile cache/.test(other.lines.join('\n')))
})

test('the files image signs with the credentials of its environment, session token included', { skip }, async () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' }
  const s3 = start('s3', { BUCKET_NAME: 'my-files', ...credentials })
  const { statusCode, body } = await s3.answer({ resource: '/s3', query: { filename: 'a.txt' } })
  assert.equal(statusCode, 200, body)
  const { origin, pathname, searchParams } = new URL(JSON.parse(body).url)
  assert.equal(origin + pathname, 'https://my-files.s3.ap-northeast-2.amazonaws.com/a.txt')
  assert.match(searchParams.get('X-Amz-Credential') ?? '', /^AKIAEXAMPLE\//)
  assert.equal(searchParams.get('X-Amz-Security-Token'), 'token')
})

test('a start error names the line of the TypeScript source', { skip }, async () => {
  const { payload, functionError } = await start('rds', {}).invoke(proxyEvent())
  assert.equal(functionError, 'Unhandled')
  assert.match(payload, /DB_HOST is missing.*functions\/http\/[\w-]+\.ts:\d+/)
})
