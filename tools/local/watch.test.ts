import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import fs from 'node:fs'
import { mkdir, mkdtemp, mkdtempDisposable, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { watch } from './watch.ts'

/** Timeout for a change, in milliseconds; usually it takes half a second. */
const PATIENCE = 20_000

async function watched(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'))
  const path = (file: string) => join(folder, file)
  const write = (file: string) => writeFile(path(file), `${Math.random()}`)
  await mkdir(path('notes'))
  await write('notes/handler.ts')
  const seen = new EventEmitter()
  const changed = async (files: readonly string[]) => void files.map((file) => seen.emit(file))
  const lines: string[] = []
  const stop = await watch(folder, changed, (line) => lines.push(line))
  context.after(() => stop().then(() => rm(folder, { recursive: true, force: true })))
  const noticed = (file: string, save: () => Promise<unknown>) =>
    Promise.all([once(seen, file, { signal: AbortSignal.timeout(PATIENCE) }), save()])
  return { path, noticed, lines, write }
}

test('sees every save, in place or by rename, in new, replaced and linked folders', async (context) => {
  const { path, noticed, write, lines } = await watched(context)
  const file = 'notes/handler.ts'
  let looping = true
  const loop = (async () => {
    while (looping) {
      await mkdir(path('tmp'))
      await write('tmp/file.ts')
      await rm(path('tmp'), { recursive: true })
    }
  })()
  for (let round = 0; round < 3; round++) {
    await noticed(file, () => write(file))
    await noticed(file, () => write('new').then(() => rename(path('new'), path(file))))
    await noticed(file, () => rename(path(file), path(`${file}~`)).then(() => write(file)))
  }
  looping = false
  await loop
  await noticed('tmp/handler.ts', () => mkdir(path('tmp')).then(() => write('tmp/handler.ts')))
  await mkdir(path('cars/engine'), { recursive: true })
  await noticed('cars/engine/handler.ts', () => write('cars/engine/handler.ts'))
  await using elsewhere = await mkdtempDisposable(join(tmpdir(), 'watch-'))
  await symlink(elsewhere.path, path('linked'))
  await noticed('linked/handler.ts', () => writeFile(join(elsewhere.path, 'handler.ts'), ''))
  for (const replaced of ['notes', '.']) {
    await noticed(file, () => rm(path(replaced), { recursive: true }))
    await noticed(file, () => mkdir(path('notes'), { recursive: true }).then(() => write(file)))
  }
  assert.deepEqual(lines, [])
})

test("polls beyond the system's watch limit, and says how to raise it", async (context) => {
  const limited = context.mock.method(fs, 'watch', () => {
    throw Object.assign(new Error('ENOSPC: System limit reached'), { code: 'ENOSPC' })
  })
  syncBuiltinESMExports()
  const { path, noticed, write, lines } = await watched(context)
  await noticed('notes/handler.ts', () => write('notes/handler.ts'))
  await noticed('cars/handler.ts', () => mkdir(path('cars')).then(() => write('cars/handler.ts')))
  limited.mock.restore()
  syncBuiltinESMExports()
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /ENOSPC: System limit reached.*sysctl fs\.inotify\.max_user_/)
})
