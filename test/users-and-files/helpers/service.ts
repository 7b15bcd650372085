import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundlesIn } from '../../../tools/local/bundles.ts'
import { startSecretsManager } from '../../../tools/local/secrets-manager.ts'
import { createService } from '../../../tools/local/service.ts'
import { startStore } from '../../../tools/local/store/store.ts'
import { sdkVariables } from '../../../tools/local/wiring/machine.ts'
import { serviceStack, synthesize } from '../../../tools/local/wiring/synthesize.ts'
import { readStorage, readWiring } from '../../../tools/local/wiring/wiring.ts'
import { freePort } from '../../../tools/process/port.ts'
import { commandOf } from '../../../tools/process/process.ts'
import { connectAsAdmin, databaseServer } from '../../helpers/database-servers.ts'
import { childrenOf } from '../../helpers/dev.ts'
import { startProxy } from '../../helpers/proxy.ts'

export type TestService = Awaited<ReturnType<typeof startTestService>>

/**
 * Starts the whole program on free ports, with temporary data and controls for faults.
 * @param maxEnvironments maximum of concurrent execution environments of each function.
 */
export async function startTestService(maxEnvironments?: number) {
  const { path: directory, remove } = await mkdtempDisposable(join(tmpdir(), 'service-'))
  const bundles = bundlesIn(join(directory, 'bundles'))
  const [{ terraform, sources }] = await Promise.all([synthesize(join(directory, 'terraform')), bundles.build()])
  const { databases, buckets } = readStorage(terraform)
  const [account] = databases
  if (!account) throw new Error('Terraform has no database')
  const database = await databaseServer(join(directory, 'database'), databases)
  await database.start()
  const store = await startStore(join(directory, 'store'), Object.keys(buckets))
  const proxy = await startProxy(database.port)
  const log: string[] = []
  const secretsManager = await startSecretsManager(store, (line) => log.push(line))
  const port = await freePort()
  const machine = {
    port,
    variables: {},
    database: { host: '127.0.0.1', port: proxy.port, password: database.password },
    shared: sdkVariables(store, secretsManager.endpoint, store.endpoint),
  }
  const service = createService({
    wiring: readWiring(terraform, machine, sources),
    stack: serviceStack(join(directory, 'terraform')),
    store,
    secretsManager,
    keys: { apiKey: 'key', credentials: store },
    ...(maxEnvironments !== undefined && { maxEnvironments }),
    code: (code) => ({ type: 'bundle', taskRoot: bundles.folder('image' in code ? code.image : '') }),
    log: (line) => log.push(line),
  })
  await service.migrate()
  await service.listen(port)
  return {
    port,
    /** `http://localhost:PORT/default`. */
    base: `http://localhost:${port}/default`,
    /** Stays stopped after a crash, unlike that of `make dev`. */
    database,
    store,
    log,
    /** Proxy between the functions and the database. */
    proxy,
    /** Opens a connection with all privileges, past the proxy. */
    admin: () => connectAsAdmin(database.port, account.name),
    /** Database user of the functions. */
    user: account.user,
    async stop() {
      await service.stop()
      await secretsManager.stop()
      await proxy.stop()
      await store.stop()
      await database.stop()
      await remove()
    },
  }
}

/** Sends a request and parses the JSON of the answer. */
export async function call(url: string, { json, headers, ...init }: RequestInit & { json?: unknown } = {}) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url, { ...init, ...body, headers: { ...type, ...headers } })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** Request with a file in a form. */
export function upload(content: Blob | Buffer<ArrayBuffer> | string, fields: Record<string, string> = {}) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', content instanceof Blob ? content : new Blob([content]), 'blob')
  return { method: 'POST', body: form }
}

/** Process ids of the execution environments. */
export const environments = (): number[] =>
  childrenOf(process.pid).filter((pid) => commandOf(pid)?.includes('runtime.mjs'))
