/** `make deploy`: deploys the APIs from a clone. Idempotent: another run changes nothing, or resumes a failed one. */
import { estimate, summary } from '../docs/cost/estimate.ts'
import { curlLines } from '../docs/curl-lines.ts'
import { readApis } from '../docs/openapi/apis.ts'
import { accessWarning, curlOptions } from './apis/caller.ts'
import { deployedApis, domainProblem } from './apis/deployed-apis.ts'
import { smokeTest } from './apis/smoke-test.ts'
import { refuseWiderAccess } from './apis/wider-access.ts'
import { invoke } from './aws.ts'
import { Deployment, type Outputs } from './cdktf/deployment.ts'
import { check } from './checks.ts'
import { exclusively, main, seconds, step } from './cli.ts'
import { linesOf } from './findings.ts'
import { pushImages } from './images/push.ts'
import { recordLive } from './images/releases.ts'
import { Repository } from './images/repository.ts'
import { loadSettings } from './settings.ts'

async function deploy(): Promise<void> {
  const start = performance.now()
  const settings = loadSettings()
  const deployment = new Deployment(settings.ENVIRONMENT)

  await step('synth', async () => {
    await deployment.synthesize()
    return { outcome: summary(estimate(deployment.stacks, settings.AWS_REGION)) }
  })
  await step('doctor', async () => {
    const findings = await check(settings, deployment.stacks)
    if (findings.some(({ fix }) => fix)) throw new Error(linesOf(findings))
    await refuseWiderAccess(deployment)
    return { outcome: 'all requirements met' }
  })
  const { repository, created } = await step('registry', async ({ progress }) => {
    // Looked up in the state first, so that Terraform refuses another deployment's repository before any push.
    const { resources } = await deployment.state(deployment.registry)
    const found = resources.length > 0 ? await Repository.find(deployment.repository) : undefined
    const created = found ? undefined : await deployment.deploy([deployment.registry], progress)
    const repository = found ?? (await Repository.open(deployment.repository))
    return { outcome: created ?? 'exists', created, repository }
  })
  const { digests, pushed } = await step('images', async (step) => {
    const { digests, pushed } = await pushImages(repository, settings, step)
    return { outcome: pushed.length > 0 ? `pushed ${pushed.join(' and ')}` : 'nothing to push', digests, pushed }
  })
  const { changes, replaced, outputs } = await step('services', async ({ progress }) => {
    // By digest: somebody else may have moved the tags since.
    await deployment.synthesize(digests)
    const changes = await deployment.deploy(deployment.stacks, progress)
    const replaced = await recordLive(repository, digests)
    return { outcome: changes ?? 'nothing to change', changes, replaced, outputs: await deployment.outputs() }
  })
  const undo = ({ message }: Error): never => {
    if (replaced.length === 0) throw new Error(message)
    throw new Error(`${message}\nThe new ${replaced.join(' and ')} is live: make rollback reverts it.`)
  }
  const { applied, warnings } = await step('migrations', () => migrate(outputs)).catch(undo)
  await step('smoke test', async (step) => {
    const apis = await deployedApis(async () => outputs)
    const problem = await domainProblem(apis.urls, outputs.domain_target)
    return { outcome: problem ?? (await smokeTest(settings, apis, step)) }
  }).catch(undo)

  const changed = created || pushed.length > 0 || changes || applied.length > 0
  console.log(`${changed ? 'Deployed' : 'Nothing had to change'}, ${seconds(start)}.\n`)
  for (const [name, url] of Object.entries(outputs.api_urls ?? {})) console.log(`  ${name.padEnd(10)} ${url}`)
  const calls = [...(await readApis())].flatMap(([name, api]) => {
    const url = outputs.api_urls?.[name]
    return url ? curlLines(api, url, curlOptions(settings)) : []
  })
  console.log(calls.map((line) => `\n  ${line}`).join(''))
  if (outputs.dashboard_url) console.log(`\nDashboard: ${outputs.dashboard_url}`)
  for (const text of [...(outputs.warnings ?? []), ...warnings, accessWarning(settings)])
    if (text) console.log(`⚠ ${text}`)
}

/**
 * Invokes the functions in the output `migrations`, one after another: the database may be reachable only within a VPC.
 * @throws Error with the failed function and the command for its log.
 */
async function migrate({ functions = {}, migrations = [] }: Outputs) {
  const applied: string[] = []
  const warnings: string[] = []
  for (const key of migrations) {
    const name = functions[key] ?? key
    const answer = await invoke(name).catch((error: Error) => {
      throw new Error(`The migration function ${name} failed: ${error.message}\nIts log: make logs FUNCTION=${key}.`)
    })
    const done = (answer ?? {}) as { readonly applied?: readonly string[]; readonly warnings?: readonly string[] }
    applied.push(...(done.applied ?? []))
    warnings.push(...(done.warnings ?? []))
  }
  return { outcome: applied.join(', ') || 'nothing to apply', applied, warnings }
}

await main(() => exclusively(deploy), 'Fix that and run `make deploy` again: it resumes from there.')
