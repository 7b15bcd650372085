import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { Bundles } from '../../../tools/local/bundles.ts'
import { findServer } from '../../../tools/local/database/find.ts'
import { DatabaseServer, identity } from '../../../tools/local/database/server.ts'
import { Service } from '../../../tools/local/service.ts'
import type { Store } from '../../../tools/local/store/store.ts'
import { startStore } from '../../../tools/local/store/store.ts'
import { synthesize } from '../../../tools/local/wiring/synthesize.ts'
import { freePort } from '../../../tools/process/port.ts'
import { TcpProxy } from './proxy.ts'
import { Surroundings } from './surroundings.ts'

export type TestService = Awaited<ReturnType<typeof startTestService>>

export interface TestServiceOptions {
  /** @default true */
  readonly migrated?: boolean
  /** Most execution environments of each function at a time. */
  readonly maxEnvironments?: number
  /** The functions have surroundings of their own, and ask this address for the one of the database, which has a name. */
  readonly nameServer?: string
}

const ADMIN = { user: 'admin', password: 'admin' }
const ADMIN_SQL = `CREATE USER IF NOT EXISTS '${ADMIN.user}'@'127.0.0.1' IDENTIFIED BY '${ADMIN.password}';
GRANT ALL ON *.* TO '${ADMIN.user}'@'127.0.0.1';
`

/** The whole program on free ports and temporary data, and what can be done to it. */
export async function startTestService(options: TestServiceOptions = {}) {
  const { migrated = true, nameServer, ...limits } = options
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'service-'))
  const account = await identity(join(directory, 'database'))
  const binary = (await findServer()) ?? 'mariadbd'
  const database = new DatabaseServer(binary, join(directory, 'database'), account, ADMIN_SQL)
  const bundles = new Bundles(join(directory, 'bundles'))
  const startFiles = (buckets: readonly string[] = []) => startStore({ directory: join(directory, 'store'), buckets })
  let store: Store | undefined
  const [wiring, firstStore] = await Promise.all([
    synthesize(join(directory, 'terraform')),
    startFiles(),
    bundles.build(),
    migrated ? database.start() : undefined,
  ])
  store = firstStore
  const proxies = {
    database: await new TcpProxy(account.port).start(),
    store: await new TcpProxy(Number(new URL(store.endpoint).port)).start(),
  }
  const log: string[] = []
  const surroundings = nameServer === undefined ? undefined : new Surroundings(directory, nameServer)
  for (const { environment } of wiring.functions) if (nameServer) Object.assign(environment, { DB_TLS: 'false' })
  const service = new Service({
    wiring,
    database: {
      ...account,
      // A name is what a given database has, whose DB_TLS counts.
      ...(nameServer === undefined ? { host: '127.0.0.1' } : { host: 'database.test', given: true }),
      port: proxies.database.port,
      description: '',
      stop: async () => {},
    },
    store: { ...store, endpoint: `http://127.0.0.1:${proxies.store.port}` },
    ...limits,
    code: (image) => ({
      type: 'bundle',
      taskRoot: bundles.folder(image),
      ...(surroundings && { node: surroundings.node }),
    }),
    log: (line) => log.push(line),
  })
  if (migrated) await service.migrate()
  const port = await service.listen(await freePort())
  return {
    /** `http://localhost:PORT/default`. */
    base: `http://localhost:${port}/default`,
    /** Not started again by itself, unlike that of `make dev`. */
    database,
    log,
    /** What the functions' connections to the database and to the store go through. */
    proxies,
    surroundings,
    /** A connection of one who may do everything on the database, beside the proxy. */
    admin: () => createConnection({ ...ADMIN, host: '127.0.0.1', port: account.port, database: account.name }),
    store: {
      async stop() {
        await store?.stop()
        store = undefined
      },
      async start() {
        store ??= await startFiles([...firstStore.buckets.keys()])
      },
    },
    migrate: () => service.migrate(),
    async stop() {
      await service.stop()
      for (const proxy of Object.values(proxies)) await proxy.stop()
      await store?.stop()
      await database.stop()
      await remove()
    },
  }
}

/** One call, its answer's JSON parsed. */
export async function call(url: string, init: RequestInit & { json?: unknown } = {}) {
  const { json, ...rest } = init
  const headers = { ...(json !== undefined && { 'content-type': 'application/json' }), ...rest.headers }
  const response = await fetch(url, { ...rest, headers, ...(json !== undefined && { body: JSON.stringify(json) }) })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** A direct upload's form. */
export function upload(
  content: Blob | Buffer<ArrayBuffer> | string,
  fields: Record<string, string> = {},
  filename = 'blob',
) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', content instanceof Blob ? content : new Blob([content]), filename)
  return { method: 'POST', body: form }
}
