import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { strToU8, zipSync } from 'fflate'
import { unpackZip } from './code.ts'
import { createFunction } from './lambda/function.ts'

test('unpacks a zip file once, and runs it as Lambda does', async (context) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'zip-'))
  const zip = join(folder.path, 'code.zip')
  const files = {
    'empty/': strToU8(''),
    'src/index.js': strToU8("exports.now = async () => require('./lib/x')"),
    'src/lib/x.js': strToU8('module.exports = 42'),
  }
  await writeFile(zip, zipSync(files))
  const taskRoot = unpackZip({ zip, hash: 'abc' }, join(folder.path, 'unpacked'))
  const wiring = { name: 'fn', handler: 'src/index.now', memorySize: 128, timeout: 10, environment: {} }
  const lambda = createFunction({ wiring, code: { type: 'bundle', taskRoot }, log: () => {} })
  context.after(() => lambda.stop())
  assert.equal((await lambda.invoke({})).payload, '42')
  await writeFile(zip, 'no zip file any more')
  assert.equal(unpackZip({ zip, hash: 'abc' }, join(folder.path, 'unpacked')), taskRoot)
})
