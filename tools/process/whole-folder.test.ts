import assert from 'node:assert/strict'
import { cp, mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from './whole-folder.ts'

test('creates a folder completely or not at all', async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'whole-'))
  const folder = join(directory.path, 'server')
  const fill = (temporary: string) => cp(import.meta.filename, join(temporary, 'root', 'file'))
  const interrupted = (temporary: string) => fill(temporary).then(() => Promise.reject(new Error('no network')))
  await assert.rejects(makeFolder(folder, interrupted), /no network/)
  assert.deepEqual(await readdir(directory.path), [])
  await Promise.all([makeFolder(folder, fill), makeFolder(folder, fill)])
  assert.deepEqual(await readdir(directory.path), ['server'])
  assert.deepEqual(await readdir(folder), ['file'])
})
