/**
 * `make rollback`: undoes the last deployment, by digest. DIGEST=sha256:… goes to any that was ever live, FUNCTION=… touches one function's
 * image alone. Data stays as it is: migrations only go forward.
 */
import { imageSetting } from '../build/images.ts'
import { deployedApis } from './apis/deployed-apis.ts'
import { smokeTest } from './apis/smoke-test.ts'
import { refuseWiderAccess } from './apis/wider-access.ts'
import { liveDigest } from './aws.ts'
import { Deployment } from './cdktf/deployment.ts'
import { chosen, confirm, exclusively, main, step } from './cli.ts'
import { checkArchitecture, type Digests, short } from './images/push.ts'
import { historyIn, previousDigests, type Release, timeOf } from './images/release-history.ts'
import { recordLive } from './images/release-tags.ts'
import { Repository } from './images/repository.ts'
import { loadSettings } from './settings.ts'

const DATA = `Databases keep their schema: migrations only go forward, and add. An older function reads it as long as no migration took away
what it uses. What else differs in this folder's settings is applied with it: make diff shows that.`

async function rollback(): Promise<void> {
  const settings = loadSettings()
  const deployment = new Deployment(settings)
  await deployment.synthesize()
  const { images } = deployment
  const pinned = [...images.keys()].map(imageSetting).find((name) => settings[name] !== undefined)
  if (pinned !== undefined)
    throw new Error(`${pinned} names the image that runs (environment or .env): change or remove it, and make deploy.`)
  const repository = await Repository.open(deployment.repository)
  const history = historyIn(await repository.tags())
  const live = Object.fromEntries(
    await Promise.all([...images].map(async ([image, name]) => [image, await liveDigest(name)] as const)),
  )
  const target: Digests = { ...live, ...targetOf(history, deployment) }
  const changed = [...images].flatMap(([image, name]) => {
    const [from = '', to = ''] = [live[image], target[image]]
    return from === to ? [] : [{ image, name, from, to }]
  })
  if (changed.length === 0) {
    console.log('That is live already: nothing to roll back.')
    return
  }
  const described = (digest: string) => {
    const release = history.findLast((each) => each.digest === digest && each.kind === 'release')
    return [short(digest), release && timeOf(release.at), release?.revision].filter(Boolean).join(', ')
  }
  for (const { name, from, to } of changed) {
    checkArchitecture(to, await repository.image(to), settings.ARCHITECTURE)
    console.log(`${name}: ${described(from)}\n${' '.repeat(name.length)}→ ${described(to)}`)
  }
  console.log(`\n${DATA}\n`)
  await confirm(deployment.repository, 'make rollback', 'Nothing was rolled back.')

  await step('services', async ({ progress }) => {
    // Every digest, so that what somebody has pushed and not deployed does not go live on the way.
    await deployment.synthesize(target)
    deployment.passVariables()
    await refuseWiderAccess(deployment)
    return { outcome: (await deployment.deployServices(progress)) ?? 'nothing to change' }
  })
  await step('registry', async () => {
    // The plain tags are what the next plan takes: it shall find what is live.
    for (const { image, to } of changed) await repository.tag(to, image)
    await recordLive(repository, 'rollback', target)
    return { outcome: `${changed.map(({ image }) => image).join(' and ')} rolled back` }
  })
  await step('smoke test', async (step) => ({
    outcome: await smokeTest(settings, await deployedApis(deployment), step),
  }))
  console.log('\nmake deploy deploys this folder, and refuses what was just rolled back: mend or revert that first.')
}

/** The digests that DIGEST and FUNCTION ask for; without DIGEST, those before the last deployment. */
function targetOf(all: readonly Release[], { functions }: Deployment): Digests {
  const { DIGEST } = process.env
  const wanted = [...chosen(functions).values()].map(({ image }) => image)
  const history = all.filter(({ image }) => wanted.includes(image))
  if (!DIGEST) {
    const digests = previousDigests(history)
    if (digests) return digests
    throw new Error(
      'Nothing was live before, as far as the repository remembers: make releases lists what DIGEST=sha256:… can name.',
    )
  }
  if (!/^sha256:[0-9a-f]{12,64}$/.test(DIGEST))
    throw new Error(`DIGEST=${DIGEST} must be sha256: and at least 12 hex digits`)
  const found = new Map(
    history.filter(({ digest }) => digest.startsWith(DIGEST)).map((each) => [each.digest, each.image]),
  )
  const [only] = found
  if (only && found.size === 1) return { [only[1]]: only[0] }
  throw new Error(
    `DIGEST=${DIGEST} names ${found.size} images that were live and are still there: make releases lists them.`,
  )
}

await main(() => exclusively(rollback))
