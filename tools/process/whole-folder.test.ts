import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from './whole-folder.ts'

test('a folder appears whole, or not at all', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'whole-'))
  const folder = join(directory, 'server')
  const fill = async (temporary: string) => {
    await mkdir(join(temporary, 'root'))
    await writeFile(join(temporary, 'root', 'file'), '')
  }
  const interrupted = async (temporary: string) => {
    await fill(temporary)
    throw new Error('no network')
  }
  await assert.rejects(makeFolder(folder, interrupted), /no network/)
  assert.deepEqual(await readdir(directory), [])
  await Promise.all([makeFolder(folder, fill), makeFolder(folder, fill)])
  assert.deepEqual(await readdir(directory), ['server'])
  assert.deepEqual(await readdir(folder), ['file'])
  await rm(directory, { recursive: true })
})
