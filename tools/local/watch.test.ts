import assert from 'node:assert/strict'
import fs from 'node:fs'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { watch } from './watch.ts'

/** Milliseconds after which a change counts as missed; one is noticed within half a second. */
const timeout = 20_000

async function watched(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'))
  await mkdir(join(folder, 'notes'))
  await writeFile(join(folder, 'notes', 'handler.ts'), '0')
  const seen = new Set<string>()
  const lines: string[] = []
  let wake = () => {}
  const changed = async (files: readonly string[]) => {
    for (const file of files) seen.add(file)
    wake()
  }
  const stop = await watch(folder, changed, (line) => lines.push(line))
  context.after(async () => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  })
  const noticed = async (file: string, save: () => Promise<unknown>) => {
    seen.clear()
    await save()
    while (!seen.has(file)) await new Promise<void>((resolve) => (wake = resolve))
  }
  return {
    path: (file: string) => join(folder, file),
    noticed,
    lines,
    write: (file: string) => writeFile(join(folder, file), `${Math.random()}`),
  }
}

test('every save is seen: in place or by a new file under the old name, in folders that are new, replaced or links', {
  timeout,
}, async (context) => {
  const { path, noticed, write, lines } = await watched(context)
  for (let round = 0; round < 3; round++) {
    await noticed('notes/handler.ts', () => write('notes/handler.ts'))
    await noticed('notes/handler.ts', () => write('new').then(() => rename(path('new'), path('notes/handler.ts'))))
    await noticed('notes/handler.ts', () =>
      rename(path('notes/handler.ts'), path('notes/handler.ts~')).then(() => write('notes/handler.ts')),
    )
  }
  await mkdir(path('cars/engine'), { recursive: true })
  await noticed('cars/engine/handler.ts', () => write('cars/engine/handler.ts'))
  await noticed('notes/handler.ts', () => rm(path('notes'), { recursive: true }))
  await noticed('notes/handler.ts', () => mkdir(path('notes')).then(() => write('notes/handler.ts')))
  const elsewhere = await mkdtemp(join(tmpdir(), 'watch-'))
  context.after(() => rm(elsewhere, { recursive: true }))
  await symlink(elsewhere, path('linked'))
  await noticed('linked/handler.ts', () => writeFile(join(elsewhere, 'handler.ts'), ''))
  assert.deepEqual(lines, [])
})

test('a save is seen beside a folder that comes and goes, and after the watched folder itself was replaced', {
  timeout,
}, async (context) => {
  const { path, noticed, write, lines } = await watched(context)
  let looping = true
  const loop = (async () => {
    while (looping) {
      await mkdir(path('tmp'))
      await write('tmp/file.ts')
      await rm(path('tmp'), { recursive: true })
    }
  })()
  for (let round = 0; round < 3; round++) await noticed('notes/handler.ts', () => write('notes/handler.ts'))
  looping = false
  await loop
  await noticed('tmp/handler.ts', () => mkdir(path('tmp')).then(() => write('tmp/handler.ts')))
  await noticed('notes/handler.ts', () => rm(path('.'), { recursive: true }))
  await noticed('notes/handler.ts', () =>
    mkdir(path('notes'), { recursive: true }).then(() => write('notes/handler.ts')),
  )
  assert.deepEqual(lines, [])
})

test("beyond the system's limit of watched files it says how to raise the limit", { timeout }, async (context) => {
  for (const code of ['ENOSPC', 'EMFILE']) {
    const limited = context.mock.method(fs, 'watch', () => {
      throw Object.assign(new Error(code), { code })
    })
    syncBuiltinESMExports()
    const { lines } = await watched(context)
    limited.mock.restore()
    syncBuiltinESMExports()
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', new RegExp(`\\(${code}\\).*sysctl fs\\.inotify\\.max_user_`))
  }
})
