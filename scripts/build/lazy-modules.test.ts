import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { buildOptions, type Image } from '../build.ts'
import { applyEdits } from './edits.ts'

const run = promisify(execFile)

/** What starts with every variable that it needs, of no use otherwise. */
const environment = {
  DB_HOST: '127.0.0.1',
  DB_USER: 'app',
  DB_NAME: 'app',
  BUCKET_NAME: 'files',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
}

async function folder(t: { after(fn: () => Promise<void>): void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lazy-modules-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}

/** What a script prints that is run as CommonJS. */
async function evaluate(script: string): Promise<string> {
  const args = ['--input-type=commonjs', '--eval', script]
  const { stdout, stderr } = await run(process.execPath, args, { env: environment })
  return (stdout + stderr).trim()
}

for (const image of ['rds', 's3'] satisfies Image[]) {
  test(`${image} starts without the modules of Node.js that its first request may not need`, async (t) => {
    const outdir = await folder(t)
    await esbuild.build(buildOptions(image, outdir))
    const loaded = await evaluate(`const { Module } = require('node:module')
      const load = Module._load
      const names = []
      Module._load = (name, ...rest) => { names.push(name); return load(name, ...rest) }
      require(${JSON.stringify(join(outdir, 'index.js'))})
      console.log(names.join(' '))
      process.exit()`)
    assert.match(loaded, /stream/)
    assert.doesNotMatch(loaded, /\b(https?|http2|tls|zlib|perf_hooks|child_process|worker_threads)\b/)
  })
}

test('a link is made without network, files or compression', async (t) => {
  const outdir = await folder(t)
  await esbuild.build(buildOptions('s3', outdir))
  const event = { httpMethod: 'GET', resource: '/s3', path: '/s3', queryStringParameters: { filename: 'a' } }
  const loaded = await evaluate(`const { Module } = require('node:module')
    const load = Module._load
    const names = []
    Module._load = (name, ...rest) => { names.push(name); return load(name, ...rest) }
    const { handler } = require(${JSON.stringify(join(outdir, 'index.js'))})
    process.stdout.write = () => true
    const context = { awsRequestId: 'id', getRemainingTimeInMillis: () => 5000 }
    handler(${JSON.stringify(event)}, context).then(({ statusCode }) => console.error(statusCode, names.join(' ')))`)
  assert.match(loaded, /^200 .*crypto/)
  assert.doesNotMatch(loaded, /\b(https?|tls|net|zlib|promises|child_process)\b/)
})

test('a package that no longer says what is to be changed fails the build, and names the file', async (t) => {
  const outdir = await folder(t)
  const entry = join(outdir, 'entry.cjs')
  await writeFile(entry, 'exports.seen = 1')
  const edited = (says: string) =>
    esbuild.build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      logLevel: 'silent',
      plugins: [
        {
          name: 'edits',
          setup: (build) => applyEdits(build, [{ file: '/entry.cjs', replace: [[says, 'exports.seen = 2']] }]),
        },
      ],
    })
  assert.match((await edited('exports.seen = 1')).outputFiles[0]?.text ?? '', /seen = 2/)
  await assert.rejects(edited('exports.gone'), /entry\.cjs has changed: .* looks for exports\.gone/)
})

test('a lazy module is the module: by name, by default, by require, and as a class to extend', async (t) => {
  const outdir = await folder(t)
  const entry = join(outdir, 'entry.mjs')
  await writeFile(
    entry,
    `import http, { STATUS_CODES } from 'node:http'
    import * as tls from 'tls'
    import { createRequire } from 'node:module'
    class Agent extends http.Agent {}
    export const dynamic = async () => (await import('node:zlib')).crc32('hello')
    export const seen = [STATUS_CODES[404], typeof tls.connect, new Agent() instanceof http.Agent, typeof createRequire]`,
  )
  await esbuild.build({ ...buildOptions('rds', outdir), entryPoints: { entry } })
  const script = `const { seen, dynamic } = require(${JSON.stringify(join(outdir, 'entry.js'))})
    dynamic().then((crc) => console.log(JSON.stringify([...seen, crc])))`
  assert.equal(await evaluate(script), '["Not Found","function",true,"function",907060870]')
})

test("errors of MySQL keep their names, and the driver's two spellings of them", async (t) => {
  const outdir = await folder(t)
  const entry = join(outdir, 'entry.cjs')
  const names = JSON.stringify(join(import.meta.dirname, '../../node_modules/mysql2/lib/constants/errors.js'))
  await writeFile(
    entry,
    `const names = require(${names}); exports.seen = [names[1062], names.ER_DUP_ENTRY, names[99999]]`,
  )
  await esbuild.build({ ...buildOptions('rds', outdir), entryPoints: { entry } })
  const script = `console.log(JSON.stringify(require(${JSON.stringify(join(outdir, 'entry.js'))}).seen))`
  assert.equal(await evaluate(script), '["ER_DUP_ENTRY",1062,null]')
})
