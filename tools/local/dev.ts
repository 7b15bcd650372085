/** `make dev`: everything on one machine, from the Terraform that would be deployed. */
import { resolve } from 'node:path'
import { settingsVariables } from '../../terraform/settings.ts'
import { images } from '../build/images.ts'
import { onClosedOutput } from '../process/closed-output.ts'
import { requirePort } from '../process/port.ts'
import { lock } from '../process/process.ts'
import { Bundles, imagesOf } from './bundles.ts'
import { buildImages, imageName } from './container-images.ts'
import { startDatabase } from './database/database.ts'
import type { Backends } from './function-environment.ts'
import { banner, report } from './output.ts'
import { Service } from './service.ts'
import { startStore } from './store/store.ts'
import { watch } from './watch.ts'
import { synthesize } from './wiring/synthesize.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** `make stress` has data of its own. */
const LOCAL = resolve(ROOT, process.env.LOCAL_DATA || '.local')

/** Who saves a file will soon save another; milliseconds. */
const WARM = 60_000

const GIVEN_DATABASE =
  'Start that database, correct DB_HOST, DB_PORT, DB_USER, DB_PASS and DB_NAME, or use a private one: DB_HOST= DB_SECRET_ID= make dev'

/** What has been started, to be stopped in the opposite order. */
const running: (() => unknown)[] = []

async function start(): Promise<void> {
  const env = settingsVariables()
  const port = Number(env.PORT || 3000)
  await requirePort(port)
  running.push(lock(resolve(LOCAL, 'dev.pid'), 'tools/local/dev.ts'))

  const containers = env.IMAGES === '1'
  const bundles = new Bundles(resolve(LOCAL, 'bundles'))
  const serving = Promise.withResolvers<Service>()
  if (!containers) await watchSources(serving.promise, bundles)
  const [database, store, wiring] = await all([
    keep(startDatabase({ directory: resolve(LOCAL, 'database'), env, log: report.line })),
    keep(startStore({ directory: resolve(LOCAL, 'store') })),
    synthesize(resolve(LOCAL, 'terraform')),
    containers ? buildImages(report.line) : bundles.build(),
  ])
  const code = (image: string) =>
    containers
      ? ({ type: 'image', image: imageName(image) } as const)
      : ({ type: 'bundle', taskRoot: bundles.folder(image) } as const)
  const backends: Backends = { database, store }
  const service = new Service({
    ...backends,
    wiring,
    code,
    log: report.output,
    onRequest: report.request,
    apiKey: env.API_KEY,
    throttled: Boolean(env.THROTTLE_RATE || env.THROTTLE_BURST),
  })
  running.push(() => service.stop())
  const { warnings } = await service.migrate().catch(({ message }: Error) => {
    const { host, port } = database
    throw new Error(database.given ? `DB_HOST=${host} DB_PORT=${port}: ${message}. ${GIVEN_DATABASE}` : message)
  })
  for (const warning of warnings) report.line(warning)
  await service.listen(port)
  serving.resolve(service)
  report.output(
    banner({
      port,
      wiring,
      database: database.description,
      isGiven: Boolean(env.DB_HOST),
      local: LOCAL,
      keys: service.keys,
    }),
  )
}

/**
 * Applies changed sources at once; reports mistakes in them and keeps the last good version running.
 * A file saved before the service is there takes effect as soon as it is.
 */
async function watchSources(serving: Promise<Service>, bundles: Bundles): Promise<void> {
  const follow = async (folder: string, apply: (service: Service, files: readonly string[]) => Promise<void>) => {
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
  await follow('functions', async (service, files) => {
    const changed = await bundles.build(imagesOf(files), WARM)
    for (const image of changed) service.reload(image)
    if (changed.length > 0) report.line(`reloaded ${changed.join(' and ')}`)
    if (files.some((file) => READ_BY_TERRAFORM.test(file))) await applyTerraform(service)
    if (!files.some((file) => file.includes('migrat'))) return
    const { applied } = await service.migrate()
    if (applied.length > 0) report.line(`migrated the database: ${applied.join(', ')}`)
  })
  await follow('terraform', applyTerraform)
}

/** Files of `functions/` that Terraform reads. */
const READ_BY_TERRAFORM = /(^|[/\\])(api|environment)\.ts$/

async function applyTerraform(service: Service): Promise<void> {
  const wiring = await synthesize(resolve(LOCAL, 'terraform'))
  // The list of images is a part of this process, unlike all that it watches.
  const unknown = wiring.functions.find(({ image }) => !images.some((known) => known === image))
  if (unknown)
    return report.line(
      `${unknown.image} is a new image: Ctrl-C, and \`make dev\` again builds it; until then all runs as before`,
    )
  if (service.rewire(wiring)) report.line('applied the changed Terraform')
}

/** Notes what stops it, as soon as it has started. */
async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting
  running.push(() => started.stop())
  return started
}

/** As Promise.all, but nothing is still starting when it rejects. */
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
