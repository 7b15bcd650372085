/** `make deploy`: from a clone to deployed APIs. Run again it changes nothing; broken anywhere, run again it goes on from there. */
import { relative } from 'node:path'
import { estimate, summary } from '../docs/cost/estimate.ts'
import { accessWarning } from './apis/caller.ts'
import { curlLines } from './apis/curl-lines.ts'
import { type ApiUrls, deployedApis, domainProblem } from './apis/deployed-apis.ts'
import { smokeTest } from './apis/smoke-test.ts'
import { refuseWiderAccess } from './apis/wider-access.ts'
import { Deployment } from './cdktf/deployment.ts'
import { check, linesOf } from './checks.ts'
import { exclusively, main, seconds, step } from './cli.ts'
import { pushImages } from './images/push.ts'
import { recordLive, refuseRolledBack } from './images/release-tags.ts'
import { Repository } from './images/repository.ts'
import { runMigrations } from './migrations.ts'
import { loadSettings } from './settings.ts'

const UNCHANGED = 'nothing to change'

async function deploy(): Promise<void> {
  const start = performance.now()
  const settings = loadSettings()
  const { ARCHITECTURE: architecture } = settings
  const deployment = new Deployment(settings)

  await step('synth', async () => {
    await deployment.synthesize()
    return { outcome: summary(estimate(deployment.outdir)) }
  })
  await step('doctor', async () => {
    const findings = await check(settings, deployment.stacks)
    if (findings.some(({ fix }) => fix)) throw new Error(linesOf(findings))
    deployment.passVariables()
    await refuseWiderAccess(deployment)
    return { outcome: 'nothing is missing' }
  })
  const registry = await step('registry', async ({ progress }) => {
    const stack = deployment.registry
    const known = (await deployment.wasDeployed(stack)) ? await Repository.find(deployment.repository) : undefined
    const changes = known ? undefined : await deployment.deploy(stack, progress)
    return { outcome: changes ?? UNCHANGED, changes, repository: await Repository.open(deployment.repository) }
  })
  const images = await step('images', async (step) => {
    const { repository } = registry
    await refuseRolledBack(repository, architecture, settings)
    const { digests, pushed } = await pushImages({ repository, architecture, step, given: settings })
    return { outcome: pushed.length > 0 ? `pushed ${pushed.join(' and ')}` : 'nothing to push', digests, pushed }
  })
  const services = await step('services', async ({ progress }) => {
    // By the digests that were pushed, whatever the tags name by now.
    await deployment.synthesize(images.digests)
    const changes = await deployment.deployServices(progress)
    await recordLive(registry.repository, 'release', images.digests)
    return { outcome: changes ?? UNCHANGED, changes, outputs: await deployment.outputs() }
  })
  const { outputs } = services
  const migrated = await step('migrations', () => runMigrations(outputs))
  await step('smoke test', async (step) => {
    const apis = await deployedApis(deployment)
    const problem = await domainProblem(apis.urls, outputs.domain_target)
    return { outcome: problem ?? (await smokeTest(settings, apis, step)) }
  })

  const changed = registry.changes || images.pushed.length > 0 || services.changes || migrated.applied
  console.log(`${changed ? 'Deployed' : 'Nothing had to change'}, ${seconds(start)}.\n`)
  const urls = (outputs.api_urls ?? {}) as ApiUrls
  for (const [name, url] of Object.entries(urls)) console.log(`  ${name.padEnd(10)} ${url}`)
  const folder = relative(process.cwd(), deployment.services.at(-1)?.folder ?? '')
  console.log(['', ...(await curlLines(urls, settings, folder)).map((line) => `  ${line}`), ''].join('\n'))
  if (outputs.dashboard_url) console.log(`Dashboard: ${outputs.dashboard_url}`)
  for (const text of (outputs.warnings ?? []) as string[]) if (text) console.log(`⚠ ${text}`)
  const warning = accessWarning(settings)
  if (warning !== undefined) console.log(warning)
}

await main(() => exclusively(deploy), 'Mend that and run `make deploy` again: it goes on from there.')
