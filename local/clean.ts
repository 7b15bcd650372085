/** `make clean`: ends what still runs in this folder, and deletes what was made, the data included. */
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { removeContainer } from './database-docker.ts'
import { stopLeftover } from './process.ts'

const ROOT = resolve(import.meta.dirname, '..')
const database = resolve(ROOT, '.local/database')

await stopLeftover(resolve(ROOT, '.local/dev.pid'), 'local/dev.ts')
for (const data of [resolve(database, 'mariadb'), resolve(database, 'mysql')]) {
  await stopLeftover(resolve(data, 'server.pid'), data)
}
await removeContainer(database)
for (const made of ['.local', 'cdktf.out', 'coverage', 'dist'])
  await rm(resolve(ROOT, made), { recursive: true, force: true })
