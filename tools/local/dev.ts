/** `make dev`: runs everything locally, from the Terraform that would be deployed. */
import { rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { images, settingsVariables } from '../../terraform/settings.ts'
import { readApis } from '../docs/openapi/apis.ts'
import { onClosedOutput } from '../process/closed-output.ts'
import { ROOT } from '../process/command.ts'
import { requirePort } from '../process/port.ts'
import { lock } from '../process/process.ts'
import { banner } from './banner.ts'
import { type Bundles, bundlesIn, imagesOf } from './bundles.ts'
import { buildImages, imageName, unpackZip } from './code.ts'
import { startDatabase } from './database/database.ts'
import { debuggable } from './debugging.ts'
import { LOCAL_API_KEY } from './gateway/authorization/access-control.ts'
import type { Code } from './lambda/sandbox.ts'
import { report } from './report.ts'
import { startSecretsManager } from './secrets-manager.ts'
import { createService, type Service } from './service.ts'
import { newCredentials } from './sigv4.ts'
import { startStore } from './store/store.ts'
import { watch } from './watch.ts'
import type { FunctionWiring } from './wiring/functions.ts'
import { type Machine, sdkVariables } from './wiring/machine.ts'
import { type Synthesized, serviceStack, synthesize } from './wiring/synthesize.ts'
import { readStorage, readWiring, type Wiring } from './wiring/wiring.ts'

/** `make stress` sets its own data folder. */
const LOCAL = resolve(ROOT, process.env.LOCAL_DATA || '.local')
const TERRAFORM = resolve(LOCAL, 'terraform')

/** Started services, stopped in reverse order. */
const running = new AsyncDisposableStack()
const stopLater = <T extends { stop(): Promise<void> }>(started: T) => running.adopt(started, () => started.stop())

/** The running service and the inputs of its wiring. */
interface Running {
  readonly service: Service
  readonly machine: Machine
  wiring: Wiring
}

async function start(): Promise<void> {
  const variables = settingsVariables()
  const { PORT, IMAGES, INSPECT, API_KEY } = variables
  const port = Number(PORT || 3000)
  await requirePort(port)
  const containers = IMAGES === '1'
  if (INSPECT && containers) throw new Error('INSPECT debugs the sources, IMAGES=1 runs images: leave one of them out')
  if (INSPECT) await requirePort(Number(INSPECT), 'INSPECT')
  running.defer(lock(resolve(LOCAL, 'dev.pid'), 'tools/local/dev.ts'))
  rmSync(resolve(LOCAL, 'zips'), { recursive: true, force: true })

  const bundles = bundlesIn(resolve(LOCAL, 'bundles'), !INSPECT)
  const serving = Promise.withResolvers<Running>()
  const watchers = containers ? [] : await watchSources(serving.promise, bundles)
  const built: Promise<unknown> = containers ? buildImages(report.line) : bundles.build()
  const [synthesized] = await Promise.all([synthesize(TERRAFORM), built])

  const { databases, buckets } = readStorage(synthesized.terraform)
  const bucketNames = Object.keys(buckets)
  const database =
    databases.length > 0
      ? stopLater(await startDatabase(resolve(LOCAL, 'database'), databases, report.line))
      : undefined
  const store = bucketNames.length > 0 ? stopLater(await startStore(resolve(LOCAL, 'store'))) : undefined
  const credentials = store ?? newCredentials()
  const secretsManager = stopLater(await startSecretsManager(credentials, report.line))
  const shared = sdkVariables(credentials, secretsManager.endpoint, store?.endpoint)
  const machine = { port, variables, database, shared }
  const wiring = read(synthesized, machine)
  const inspected = wiring.functions.filter(({ inspectorPort }) => inspectorPort !== undefined)
  for (const { inspectorPort = 0 } of inspected) await requirePort(inspectorPort, 'INSPECT')

  const code = (of: FunctionWiring['code']): Code => {
    if ('zip' in of) return { type: 'bundle', taskRoot: unpackZip(of, resolve(LOCAL, 'zips')) }
    return containers
      ? { type: 'image', image: imageName(of.image) }
      : { type: 'bundle', taskRoot: bundles.folder(of.image) }
  }
  const keys = { apiKey: API_KEY || LOCAL_API_KEY, credentials }
  const { output: log, request: onRequest } = report
  const stack = serviceStack(TERRAFORM)
  const service = stopLater(createService({ wiring, stack, store, secretsManager, code, log, onRequest, keys }))
  sayUnserved(wiring)
  const { warnings } = await service.migrate().catch((error: Error) => explain(error, Object.keys(wiring.given)))
  for (const warning of warnings) report.line(warning)
  await service.listen(port)
  // Stopped first, so no change reaches a stopping service.
  for (const stopWatching of watchers) running.defer(stopWatching)
  serving.resolve({ service, machine, wiring })
  const places = {
    database: database?.description,
    buckets: store && `${bucketNames.join(', ')} in ${relative(process.cwd(), LOCAL) || '.'}/store`,
    debugger: inspected.map(({ name, inspectorPort }) => `${name} on 127.0.0.1:${inspectorPort}`).join(', '),
  }
  const given = Object.entries(wiring.given).map(([name, value]) => `${name}=${value}`)
  log(banner(port, wiring.apis, [...(await readApis()).values()], keys, places, given))
}

function read({ terraform, sources }: Synthesized, machine: Machine): Wiring {
  const wiring = readWiring(terraform, machine, sources)
  const { INSPECT } = machine.variables
  return INSPECT ? debuggable(wiring, Number(INSPECT)) : wiring
}

/** Adds the user's own settings that functions received, e.g. a database host, to a migration's error. */
function explain({ message }: Error, given: readonly string[]): never {
  const without = given.map((name) => `${name}=`).join(' ')
  const advice = `It uses your ${given.join(', ')}: correct them, or leave them out: ${without} make dev`
  throw new Error(given.length > 0 ? `${message.replace(/\.?$/, '.')} ${advice}` : message)
}

const sayUnserved = ({ unserved }: Wiring) => {
  if (unserved.length > 0) report.line(`in the Terraform, but not served locally: ${unserved.join(', ')}`)
}

/**
 * Applies changed sources at once; reports build errors and keeps the last good version running.
 * A file saved before the service is ready takes effect once it is.
 * @returns functions that stop watching.
 */
async function watchSources(serving: Promise<Running>, bundles: Bundles) {
  const follow = async (folder: string, apply: (running: Running, files: readonly string[]) => Promise<void>) => {
    const changed = async (files: readonly string[]) =>
      apply(await serving, files).catch((error: Error) =>
        report.line(`${error.message}\nthe last good version runs until this is fixed`),
      )
    return watch(resolve(ROOT, folder), changed, report.line)
  }
  const applySources = async (current: Running, files: readonly string[]) => {
    const { service, wiring } = current
    const changed = await bundles.build(imagesOf(files))
    for (const image of changed) service.reload(image)
    if (changed.length > 0) report.line(`reloaded ${changed.join(' and ')}`)
    const hasZips = wiring.functions.some(({ code }) => 'zip' in code)
    if (hasZips || files.some((file) => READ_BY_TERRAFORM.test(file))) await applyTerraform(current)
    service.redescribe()
    for (const image of changed) {
      const { applied } = await service.migrate(image)
      if (applied.length > 0) report.line(`applied ${applied.join(', ')}`)
    }
  }
  return [await follow('functions', applySources), await follow('terraform', applyTerraform)]
}

/** Files of `functions/` that Terraform reads. */
const READ_BY_TERRAFORM = /(^|[/\\])(api|environment)\.ts$/

async function applyTerraform(current: Running): Promise<void> {
  const wiring = read(await synthesize(TERRAFORM), current.machine)
  if (JSON.stringify(served(wiring)) !== JSON.stringify(served(current.wiring)))
    return report.line(
      'a new image, bucket or database in the Terraform needs a restart: press Ctrl-C, then run `make dev`. Until then all runs as before',
    )
  if (!(await current.service.rewire(wiring))) return
  if (wiring.unserved.join() !== current.wiring.unserved.join()) sayUnserved(wiring)
  current.wiring = wiring
  current.service.redescribe()
  report.line('applied the changed Terraform')
}

/** The parts of the wiring that need a restart of this process when they change. */
const served = ({ functions, databases, buckets }: Wiring) => [
  functions.flatMap(({ code }) => ('image' in code && !images.includes(code.image) ? code.image : [])),
  databases,
  Object.keys(buckets).length > 0,
]

let stopping: Promise<void> | undefined

/** Stops everything; a second Ctrl-C exits at once, which ends the child processes too. */
async function stop(status: number, interrupted = false): Promise<void> {
  if (stopping !== undefined && interrupted) process.exit(130)
  stopping ??= running.disposeAsync().finally(() => process.exit(status))
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
  // While stopping, a pending start fails for that reason alone.
  if (stopping === undefined) report.line(error.message)
  return stop(1)
})
