import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { watch } from './watch.ts'

test('every save is seen: written in place, or as a new file that takes the old one’s name, in old folders and new ones', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'watch-'))
  await mkdir(join(folder, 'rds'))
  await writeFile(join(folder, 'rds', 'users.ts'), '0')
  const seen: string[] = []
  let wake = () => {}
  const stop = watch(folder, async (files) => {
    seen.push(...files)
    wake()
  })
  context.after(async () => {
    stop()
    await rm(folder, { recursive: true })
  })
  const noticed = async (file: string, save: () => Promise<unknown>) => {
    seen.length = 0
    await save()
    while (!seen.includes(file)) await new Promise<void>((resolve) => (wake = resolve))
  }
  const users = join(folder, 'rds', 'users.ts')
  for (let round = 0; round < 3; round++) {
    await noticed('rds/users.ts', () => writeFile(users, `in place ${round}`))
    await noticed('rds/users.ts', () =>
      writeFile(join(folder, 'new'), `${round}`).then(() => rename(join(folder, 'new'), users)),
    )
  }
  await noticed('cars', () => mkdir(join(folder, 'cars')))
  await noticed('cars/handler.ts', () => writeFile(join(folder, 'cars', 'handler.ts'), ''))
  await noticed('rds', () => rm(join(folder, 'rds'), { recursive: true }).then(() => mkdir(join(folder, 'rds'))))
  await noticed('rds/users.ts', () => writeFile(users, 'in a folder that was replaced'))
  assert.ok(seen.includes('rds/users.ts'))
})
