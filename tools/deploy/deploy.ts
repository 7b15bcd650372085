/** `make deploy`: from a clone to two endpoints. Run again it changes nothing; broken anywhere, run again it goes on from there. */
import { relative } from 'node:path'
import { estimate, summary } from '../docs/cost/estimate.ts'
import { accessWarning, tryApis } from './access.ts'
import { Cdktf } from './cdktf.ts'
import { examine } from './checks.ts'
import { domainProblem } from './domain.ts'
import { curlLines, endpointsOf, watchingLines } from './endpoints.ts'
import { exclusively } from './exclusive.ts'
import { pushImages, signIn } from './images.ts'
import { migrate } from './migrate.ts'
import { refuseOpenings } from './openings.ts'
import { record, refuseRolledBack, revisionHere } from './releases.ts'
import { giveVariables, loadSettings } from './settings.ts'
import { main, step } from './steps.ts'

async function deploy(): Promise<void> {
  const start = performance.now()
  const settings = loadSettings()
  const { ARCHITECTURE: architecture, ENVIRONMENT: environment } = settings

  await step('doctor', async () => {
    const { lines, healthy } = await examine(settings)
    if (!healthy) throw new Error(lines.join('\n'))
    return { outcome: 'nothing is missing' }
  })
  await step('synth', async ({ progress }) => {
    const cdktf = new Cdktf({ environment, progress })
    await cdktf.synthesize()
    await giveVariables(cdktf.outdir, 'service')
    await refuseOpenings(cdktf)
    return { outcome: summary(await estimate(cdktf.outdir)) }
  })
  const { repository, ...registry } = await step('registry', async ({ progress }) => {
    const cdktf = new Cdktf({ environment, progress })
    const known = await cdktf.remembered('registry')
    const repository = known && (await signIn(String(known.repository_url)))
    if (repository && (await repository.exists()))
      return { outcome: 'nothing to change', changes: undefined, repository }
    const { outputs, changes } = await cdktf.deploy('registry')
    const created = await signIn(String(outputs.repository_url))
    return { outcome: changes ?? 'nothing to change', changes, repository: created }
  })
  const images = await step('images', async (step) => {
    await refuseRolledBack(repository, settings)
    const { digests, pushed } = await pushImages({ repository, architecture, step, given: settings })
    return { outcome: pushed.length > 0 ? `pushed ${pushed.join(' and ')}` : 'nothing to push', digests, pushed }
  })
  const service = await step('service', async ({ progress }) => {
    const cdktf = new Cdktf({ environment, progress })
    // What was pushed, whatever the tags name by now.
    await cdktf.synthesize(images.digests)
    const { outputs, changes } = await cdktf.deploy('service')
    await record(repository, { kind: 'release', live: images.digests, revision: await revisionHere() })
    return { outcome: changes ?? 'nothing to change', changes, outputs }
  })
  const database = await step('migrations', async ({ note }) => {
    const { migrate_function_name: functionName, migrate_log_group: logGroup } = service.outputs
    const {
      applied,
      version,
      warnings = [],
    } = await migrate({
      functionName: String(functionName),
      logGroup: String(logGroup),
    })
    for (const warning of warnings) note(warning)
    return { outcome: applied.length > 0 ? applied.join(', ') : `nothing to apply, version ${version}`, applied }
  })
  const endpoints = endpointsOf(service.outputs)
  await step('smoke test', async ({ progress }) => {
    const apiKey = () => new Cdktf({ environment }).secret('service', 'api_key')
    const problem = await domainProblem(endpoints, service.outputs)
    return { outcome: problem ?? (await tryApis(settings, endpoints, { progress, apiKey })) }
  })

  const changed = registry.changes || images.pushed.length > 0 || service.changes || database.applied.length > 0
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const folder = relative(process.cwd(), new Cdktf({ environment }).folderOf('service'))
  const lines = curlLines(endpointsOf(service.outputs, {}), settings, folder)
  console.log(`${changed ? 'Deployed' : 'Nothing had to change'}, ${seconds} s.\n${lines}`)
  for (const line of watchingLines(service.outputs, settings)) console.log(line)
  const warning = accessWarning(settings)
  if (warning !== undefined) console.log(warning)
}

await main(() => exclusively(deploy), 'Mend that and run `make deploy` again: it goes on from there.')
