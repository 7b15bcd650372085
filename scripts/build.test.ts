import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { buildOptions, type Image } from './build.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

/** Bytes. What a cold start has to read. */
const limits = { rds: 500_000, s3: 360_000 }
const authorizerLimit = 50_000

async function folder(t: { after(fn: () => Promise<void>): void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'build-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}

async function bundle(image: Image): Promise<{ code: Uint8Array; map: { sources: string[] } }> {
  const { outputFiles } = await esbuild.build({ ...buildOptions(image, `dist/${image}`), write: false })
  const file = (end: string) => outputFiles?.find(({ path }) => path.endsWith(end))?.contents ?? new Uint8Array()
  return { code: file('function.js'), map: JSON.parse(Buffer.from(file('function.js.map')).toString()) }
}

for (const image of ['rds', 's3'] as const) {
  test(`the bundle of ${image} is small, and its map names the sources relatively`, async () => {
    const { code, map } = await bundle(image)
    assert.ok(code.length < limits[image], `${image}: ${code.length} bytes`)
    assert.ok(map.sources.includes(`../../functions/${image}/handler.ts`))
    assert.ok(map.sources.every((source) => /^(\.\.\/\.\.|replacement:)/.test(source)))
    assert.ok(!Buffer.from(code).includes(root))
  })
}

test('the authorizer has a bundle of its own, without the SDK, the driver and middy', async () => {
  const { outputFiles } = await esbuild.build({ ...buildOptions('s3', 'dist/s3'), write: false })
  const bundle = outputFiles.find(({ path }) => path.endsWith('authorize.js'))
  assert.ok(bundle && bundle.contents.length < authorizerLimit, `${bundle?.contents.length} bytes`)
})

test('the command makes the same bundle in a checkout elsewhere, which loads as CommonJS', async (t) => {
  const checkout = await folder(t)
  for (const path of ['functions', 'scripts/build.ts', 'scripts/build', 'tsconfig.json', 'package.json'])
    await cp(join(root, path), join(checkout, path), { recursive: true })
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
  await run(process.execPath, ['scripts/build.ts', 's3'], { cwd: checkout })
  const { code } = await bundle('s3')
  assert.deepEqual(await readFile(join(checkout, 'dist/s3/function.js')), Buffer.from(code))
  const load = `process.env.BUCKET_NAME = 'files'; console.log(typeof require('./dist/s3/index.js').handler)`
  const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', load], { cwd: checkout })
  assert.equal(stdout.trim(), 'function')
})

test('an unknown image and a syntax error are told, and are failures', async (t) => {
  const build = join(root, 'scripts/build.ts')
  await assert.rejects(run(process.execPath, [build, 'sqs']), /There is no image "sqs". Usage: /)
  const checkout = await folder(t)
  await mkdir(join(checkout, 'functions/rds'), { recursive: true })
  for (const path of ['functions/start.cjs', 'scripts/build.ts', 'scripts/build'])
    await cp(join(root, path), join(checkout, path), { recursive: true })
  await writeFile(join(checkout, 'package.json'), '{ "type": "module" }')
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
  await writeFile(join(checkout, 'functions/rds/index.ts'), 'export const handler = (\n')
  await assert.rejects(
    run(process.execPath, ['scripts/build.ts', 'rds'], { cwd: checkout }),
    /functions\/rds\/index\.ts:2/,
  )
})

test('a replaced module does what its package needs of it', async (t) => {
  const outdir = await folder(t)
  const entry = join(outdir, 'entry.cjs')
  const driver = dirname(require.resolve('mysql2'))
  await writeFile(
    entry,
    `exports.decode = (bytes) => require(${JSON.stringify(require.resolve('iconv-lite'))}).decode(bytes, 'euckr')
    exports.errors = require(${JSON.stringify(join(driver, 'lib/constants/errors.js'))})`,
  )
  const options = buildOptions('rds', outdir)
  await esbuild.build({ ...options, entryPoints: { ...(options.entryPoints as object), index: entry } })
  const { decode, errors } = require(join(outdir, 'index.js'))
  assert.equal(decode(Buffer.from('SET NAMES \xb0\xa1', 'latin1')), 'SET NAMES \xb0\xa1')
  assert.deepEqual([errors[1062], errors.ER_DUP_ENTRY, errors[99999]], ['ER_DUP_ENTRY', 1062, undefined])
})
