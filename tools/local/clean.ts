/** Run by `make clean` before it deletes the data: ends the processes and containers that still use it. */
import { resolve } from 'node:path'
import { stopLeftover } from '../process/process.ts'
import { removeContainer } from './database/docker.ts'

const local = resolve(import.meta.dirname, '../../.local')
const database = resolve(local, 'database')

await stopLeftover(resolve(local, 'dev.pid'), 'tools/local/dev.ts')
for (const data of [resolve(database, 'mariadb'), resolve(database, 'mysql')]) {
  await stopLeftover(resolve(data, 'server.pid'), data)
}
await removeContainer(database)
