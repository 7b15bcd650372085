import assert from 'node:assert/strict'
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import * as esbuild from 'esbuild'
import { buildOptions } from '../../tools/build/build.ts'
import { ROOT, run } from '../../tools/process/command.ts'
import { copyOfCheckout } from '../helpers/checkout.ts'

const require = createRequire(import.meta.url)

/** Builds one file of an image's bundles. */
async function bundled(image: string, name: string): Promise<string> {
  const { outputFiles } = await esbuild.build({ ...buildOptions(image, `dist/${image}`), write: false })
  return outputFiles.find(({ path }) => path.endsWith(`/${name}`))?.text ?? ''
}

/** Maximum bytes, which a cold start reads; the authorizer omits the SDK, the driver and middy. */
for (const [image, name, limit] of [
  ['rds', 'function', 500_000],
  ['s3', 'function', 360_000],
  ['s3', 'authorize', 50_000],
] as const)
  test(`the bundle ${name} of ${image} is small, and its map has relative sources`, async () => {
    const code = await bundled(image, `${name}.js`)
    assert.ok(code.length < limit, `${code.length} bytes`)
    assert.ok(!code.includes(ROOT))
    const { sources }: { sources: string[] } = JSON.parse(await bundled(image, `${name}.js.map`))
    assert.ok(sources.some((source) => /^\.\.\/\.\.\/functions\/\w+\/handler\.ts$/.test(source)))
    assert.ok(sources.every((source) => /^(\.\.\/\.\.|replacement:)/.test(source)))
  })

test('the command builds the same CommonJS bundle in another checkout, and reports a syntax error', async (t) => {
  const { folder: cwd, remove } = copyOfCheckout()
  t.after(remove)
  await run(process.execPath, ['tools/build/build.ts', 's3'], { cwd })
  assert.equal(await readFile(join(cwd, 'dist/s3/function.js'), 'utf8'), await bundled('s3', 'function.js'))
  const load = `process.env.BUCKET_NAME = 'files'; console.log(typeof require('./dist/s3/index.js').handler)`
  assert.equal(await run(process.execPath, ['--input-type=commonjs', '--eval', load], { cwd }), 'function')
  await writeFile(join(cwd, 'functions/rds/index.ts'), 'export const handler = (\n')
  await assert.rejects(run(process.execPath, ['tools/build/build.ts', 'rds'], { cwd }), /functions\/rds\/index\.ts:2/)
})

test('a replaced module fits its package', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'build-'))
  const outdir = folder.path
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
