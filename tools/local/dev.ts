/** `make dev`: everything on one machine, from the Terraform that would be deployed. */
import { rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { settingsVariables } from '../../terraform/settings.ts'
import { images } from '../build/images.ts'
import { onClosedOutput } from '../process/closed-output.ts'
import { requirePort } from '../process/port.ts'
import { lock } from '../process/process.ts'
import { banner } from './banner.ts'
import { Bundles, imagesOf } from './bundles.ts'
import { buildImages, imageName } from './container-images.ts'
import { startDatabase } from './database/database.ts'
import { InspectorPorts } from './debugging.ts'
import type { Code } from './lambda/sandbox.ts'
import { report } from './report.ts'
import { startSecretsManager } from './secrets-manager.ts'
import { MigrationError, Service } from './service.ts'
import { newCredentials } from './sigv4.ts'
import { startStore } from './store/store.ts'
import { watch } from './watch.ts'
import type { FunctionWiring } from './wiring/functions.ts'
import type { Machine } from './wiring/machine.ts'
import { type Synthesized, serviceStack, synthesize } from './wiring/synthesize.ts'
import { readStorage, readWiring, type Wiring } from './wiring/wiring.ts'
import { unpackCode } from './zip-code.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** `make stress` has data of its own. */
const LOCAL = resolve(ROOT, process.env.LOCAL_DATA || '.local')

/** Milliseconds that esbuild stays warm: one save is soon followed by another. */
const WARM = 60_000

/** Stops everything that has been started, called in the opposite order. */
const running: (() => unknown)[] = []

const variables = settingsVariables()

/** The running service, with the inputs for reading its wiring again. */
interface Running {
  readonly service: Service
  readonly bundles: Bundles
  readonly machine: Machine
  wiring: Wiring
}

async function start(): Promise<void> {
  const port = Number(variables.PORT || 3000)
  await requirePort(port)
  const containers = variables.IMAGES === '1'
  const { INSPECT } = variables
  if (INSPECT && containers)
    throw new Error('INSPECT debugs the sources, and IMAGES=1 runs images: leave one of them out')
  if (INSPECT) await requirePort(Number(INSPECT), 'INSPECT')
  const inspectorPorts = INSPECT ? new InspectorPorts(Number(INSPECT)) : undefined
  running.push(lock(resolve(LOCAL, 'dev.pid'), 'tools/local/dev.ts'))
  rmSync(resolve(LOCAL, 'zips'), { recursive: true, force: true })

  const bundles = new Bundles(resolve(LOCAL, 'bundles'), !INSPECT)
  const serving = Promise.withResolvers<Running>()
  if (!containers) await watchSources(serving.promise, bundles)
  const [synthesized] = await all([
    synthesize(resolve(LOCAL, 'terraform')),
    containers ? buildImages(report.line) : bundles.build(),
  ])
  const { databases, buckets } = readStorage(synthesized.terraform)
  const [database, store] = await all([
    databases.length > 0
      ? keep(startDatabase({ directory: resolve(LOCAL, 'database'), databases, log: report.line }))
      : Promise.resolve(undefined),
    Object.keys(buckets).length > 0
      ? keep(startStore({ directory: resolve(LOCAL, 'store') }))
      : Promise.resolve(undefined),
  ])
  const { accessKeyId, secretAccessKey } = store ?? newCredentials()
  const credentials = { accessKeyId, secretAccessKey }
  const secretsManager = await keep(startSecretsManager(credentials, report.line))
  const machine: Machine = {
    port,
    variables,
    database,
    shared: {
      ...(store && { AWS_ENDPOINT_URL_S3: store.endpoint }),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  }
  const wiring = readWiring(synthesized.terraform, machine, synthesized.sources)
  await inspectorPorts?.reserve(wiring, port)
  const code = (of: FunctionWiring['code']): Code => {
    if ('zip' in of) return { type: 'bundle', taskRoot: unpackCode(of, resolve(LOCAL, 'zips')) }
    return containers
      ? { type: 'image', image: imageName(of.image) }
      : { type: 'bundle', taskRoot: bundles.folder(of.image) }
  }
  const service = new Service({
    wiring,
    stack: serviceStack(resolve(LOCAL, 'terraform')),
    store,
    secretsManager,
    code,
    log: report.output,
    onRequest: report.request,
    credentials,
    apiKey: variables.API_KEY,
    inspectorPorts,
  })
  running.push(() => service.stop())
  sayUnserved(wiring)
  await service.migrate().catch(explain)
  await service.listen(port)
  serving.resolve({ service, bundles, machine, wiring })
  report.output(
    banner(
      port,
      wiring.apis,
      service.keys,
      {
        database: database?.description,
        buckets: store && `${Object.keys(buckets).join(', ')} in ${relative(process.cwd(), LOCAL) || '.'}/store`,
        debugger: inspectorPorts && `attach on 127.0.0.1: ${inspectorPorts}`,
      },
      Object.entries(wiring.given).map(([name, value]) => `${name}=${value}`),
    ),
  )
}

/** Says which settings of the user's a function that failed has been given: the host of a database, say. */
function explain(error: Error): never {
  const given = error instanceof MigrationError ? Object.entries(error.wiring.environment) : []
  const names = given.flatMap(([name, value]) => (value !== '' && variables[name] === value ? [name] : []))
  if (names.length === 0) throw error
  const without = names.map((name) => `${name}= `).join('')
  throw new Error(
    `${error.message}. It was given your ${names.join(', ')}: correct them, or leave them out: ${without}make dev`,
  )
}

const sayUnserved = ({ unserved }: Wiring) => {
  if (unserved.length > 0) report.line(`in the Terraform, and not served here: ${unserved.join(', ')}`)
}

/**
 * Applies changed sources at once; reports mistakes in them and keeps the last good version running.
 * A file saved before the service is there takes effect as soon as it is.
 */
async function watchSources(serving: Promise<Running>, bundles: Bundles): Promise<void> {
  const follow = async (folder: string, apply: (running: Running, files: readonly string[]) => Promise<void>) => {
    const stopWatching = await watch({
      root: resolve(ROOT, folder),
      changed: async (files) =>
        apply(await serving, files).catch((error: Error) =>
          report.line(`${error.message}\nthe last good version runs until this is mended`),
        ),
      log: report.line,
    })
    // First to stop, so that no change meets a service that is stopping.
    void serving.then(() => running.push(stopWatching))
  }
  running.push(() => bundles.stop())
  await follow('functions', async (current, files) => {
    const { service, wiring } = current
    const changed = await bundles.build(imagesOf(files), WARM)
    for (const image of changed) service.reload(image)
    if (changed.length > 0) report.line(`reloaded ${changed.join(' and ')}`)
    const hasZips = wiring.functions.some(({ code }) => 'zip' in code)
    if (hasZips || files.some((file) => READ_BY_TERRAFORM.test(file))) await applyTerraform(current)
    service.redescribe()
    for (const image of changed)
      for (const { name, applied } of await service.migrate(image))
        if (applied.length > 0) report.line(`${name} applied ${applied.join(', ')}`)
  })
  await follow('terraform', applyTerraform)
}

/** Files of `functions/` that Terraform reads. */
const READ_BY_TERRAFORM = /(^|[/\\])(api|environment)\.ts$/

async function applyTerraform(current: Running): Promise<void> {
  const synthesized: Synthesized = await synthesize(resolve(LOCAL, 'terraform'))
  const wiring = readWiring(synthesized.terraform, current.machine, synthesized.sources)
  const restart = reasonToRestart(current.wiring, wiring)
  if (restart) return report.line(`${restart}: Ctrl-C, and \`make dev\` again; until then all runs as before`)
  if (!(await current.service.rewire(wiring))) return
  if (wiring.unserved.join() !== current.wiring.unserved.join()) sayUnserved(wiring)
  current.wiring = wiring
  current.service.redescribe()
  report.line('applied the changed Terraform')
}

/** The change that takes a restart of this process, if there is one. */
function reasonToRestart(before: Wiring, { functions, databases, buckets }: Wiring): string | undefined {
  const image = functions
    .flatMap(({ code }) => ('image' in code ? code.image : []))
    .find((each) => !(images as string[]).includes(each))
  if (image !== undefined) return `${image} is a new image`
  if (JSON.stringify(before.databases) !== JSON.stringify(databases)) return 'the Terraform has other databases'
  const [had, has] = [before.buckets, buckets].map((each) => Object.keys(each).length > 0)
  return has && !had ? 'the Terraform has a bucket now' : undefined
}

/** Registers it for shutdown once started. */
async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting
  running.push(() => started.stop())
  return started
}

/** Like Promise.all, but waits for all to settle before rejecting. */
async function all<T extends readonly unknown[]>(work: readonly [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> {
  await Promise.allSettled(work)
  return (await Promise.all(work)) as unknown as T
}

let stopping: Promise<void> | undefined

/** Stops everything; a second Ctrl-C meanwhile ends the process at once, and its children with it. */
async function stop(status: number, interrupted = false): Promise<void> {
  if (stopping !== undefined && interrupted) process.exit(130)
  stopping ??= (async () => {
    for (const each of running.reverse()) await each()
    process.exit(status)
  })()
  await stopping
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping === undefined) report.line('stopping')
    void stop(0, signal === 'SIGINT')
  })
}
onClosedOutput(() => void stop(0))
await start().catch((error: Error) => {
  report.line(error.message)
  return stop(1)
})
