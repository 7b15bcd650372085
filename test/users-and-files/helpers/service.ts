import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { Bundles } from '../../../tools/local/bundles.ts'
import { startSecretsManager } from '../../../tools/local/secrets-manager.ts'
import { Service } from '../../../tools/local/service.ts'
import { type Store, startStore } from '../../../tools/local/store/store.ts'
import { serviceStack, synthesize } from '../../../tools/local/wiring/synthesize.ts'
import { readStorage, readWiring } from '../../../tools/local/wiring/wiring.ts'
import { freePort } from '../../../tools/process/port.ts'
import { databaseServer } from '../../helpers/database.ts'
import { TcpProxy } from '../../helpers/proxy.ts'
import { nodeWith } from './node-with-name-server.ts'

export type TestService = Awaited<ReturnType<typeof startTestService>>

export interface TestServiceOptions {
  /** @default true */
  readonly migrated?: boolean
  /** Most execution environments of each function at a time. */
  readonly maxEnvironments?: number
  /** The functions ask this address for the one of the database, which has a name. */
  readonly nameServer?: string
}

const ADMIN = { user: 'operator', password: 'operator' }
const ADMIN_SQL = `CREATE USER IF NOT EXISTS '${ADMIN.user}'@'127.0.0.1' IDENTIFIED BY '${ADMIN.password}';
GRANT ALL ON *.* TO '${ADMIN.user}'@'127.0.0.1';
`

/** The whole program on free ports and temporary data, and what can be done to it. */
export async function startTestService(options: TestServiceOptions = {}) {
  const { migrated = true, nameServer, ...limits } = options
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'service-'))
  const bundles = new Bundles(join(directory, 'bundles'))
  const [{ terraform, sources }] = await Promise.all([synthesize(join(directory, 'terraform')), bundles.build()])
  const { databases, buckets } = readStorage(terraform)
  const [account] = databases
  if (!account) throw new Error('Terraform has no database')
  const database = await databaseServer(join(directory, 'database'), databases, ADMIN_SQL)
  if (migrated) await database.start()
  const startFiles = () => startStore(join(directory, 'store'), Object.keys(buckets))
  const firstStore = await startFiles()
  let store: Store | undefined = firstStore
  const proxies = {
    database: await new TcpProxy(database.port).start(),
    store: await new TcpProxy(Number(new URL(store.endpoint).port)).start(),
  }
  const endpoint = `http://127.0.0.1:${proxies.store.port}`
  const log: string[] = []
  const secretsManager = await startSecretsManager(store, (line) => log.push(line))
  const node = nameServer && nodeWith(nameServer, directory)
  const port = await freePort()
  const machine = {
    port,
    variables: {},
    database: {
      host: node ? 'database.test' : '127.0.0.1',
      port: proxies.database.port,
      password: database.password,
    },
    shared: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
      // Its name would make the functions speak TLS.
      ...(node && { DB_TLS: 'false' }),
    },
  }
  const service = new Service({
    wiring: readWiring(terraform, machine, sources),
    stack: serviceStack(join(directory, 'terraform')),
    store: { ...store, endpoint },
    secretsManager,
    keys: { apiKey: 'key', credentials: store },
    ...limits,
    code: (code) => ({
      type: 'bundle',
      taskRoot: bundles.folder('image' in code ? code.image : ''),
      ...(node && { node }),
    }),
    log: (line) => log.push(line),
  })
  if (migrated) await service.migrate()
  await service.listen(port)
  return {
    /** `http://localhost:PORT/default`. */
    base: `http://localhost:${port}/default`,
    /** Not started again by itself, unlike that of `make dev`. */
    database,
    /** The functions' user of it. */
    user: account.user,
    log,
    /** What the functions' connections to the database and to the store go through. */
    proxies,
    /** A connection of one who may do everything on the database, beside the proxy. */
    admin: () => createConnection({ ...ADMIN, host: '127.0.0.1', port: database.port, database: account.name }),
    store: {
      async stop() {
        await store?.stop()
        store = undefined
      },
      async start() {
        store ??= await startFiles()
      },
    },
    migrate: () => service.migrate(),
    async stop() {
      await service.stop()
      await secretsManager.stop()
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
