/** `make rollback`: undoes the last deployment (of FUNCTION=…), or deploys DIGEST=…. Data is unchanged: migrations only go forward. */
import { imageSettings } from '../../terraform/settings.ts'
import { deployedApis } from './apis/deployed-apis.ts'
import { smokeTest } from './apis/smoke-test.ts'
import { refuseWiderAccess } from './apis/wider-access.ts'
import { liveDigests } from './aws.ts'
import { openDeployment } from './cdktf/deployment.ts'
import { chosen, confirm, exclusively, main, step } from './cli.ts'
import { checkArchitecture } from './images/push.ts'
import { describe, digestNamed, previousDigests, recordLive, releasesIn } from './images/releases.ts'
import { Repository } from './images/repository.ts'

const DATA = `Databases keep their schema: migrations only go forward. An older function works as long as no migration removed columns or
tables that it uses. Other changes in this folder's settings are applied too: make diff shows them.`

async function rollback(): Promise<void> {
  const { settings, deployment } = await openDeployment()
  const pinned = [...deployment.images.keys()]
    .map((image) => imageSettings(image).digest)
    .find((name) => settings[name])
  if (pinned)
    throw new Error(`${pinned} pins the image (environment or .env): change or remove it, then run make deploy.`)
  const repository = await Repository.open(deployment.repository)
  const releases = releasesIn(await repository.tags())
  const live = await liveDigests(deployment.images)
  const { DIGEST } = process.env
  const previous = DIGEST ? digestNamed(DIGEST, releases) : previousDigests(releases, chosen(live))
  if (Object.keys(previous).length === 0)
    throw new Error('Nothing was live before, according to the repository: make releases lists its releases.')
  const nameOf = (digest = '') => {
    const release = releases.find((each) => each.digest === digest)
    return release ? describe(release) : `${digest}, not deployed by make deploy`
  }
  for (const [image, digest] of Object.entries(previous)) {
    checkArchitecture(digest, await repository.image(digest), settings.ARCHITECTURE)
    console.log(`${image}: ${nameOf(live.get(image))}\n${image}: → ${nameOf(digest)}`)
  }
  console.log(`\n${DATA}\n`)
  await confirm(deployment.repository, 'make rollback', 'Nothing was rolled back.')

  const target = { ...Object.fromEntries(live), ...previous }
  await step('services', async ({ progress }) => {
    // Pins every digest, so images pushed but not deployed stay out.
    await deployment.synthesize(target)
    await refuseWiderAccess(deployment)
    return { outcome: (await deployment.deploy(deployment.services, progress)) ?? 'nothing to change' }
  })
  await step('registry', async () => {
    // The next plan reads the plain tags, so they must name the live images.
    for (const [image, digest] of Object.entries(previous)) await repository.tag(digest, image)
    await recordLive(repository, target)
    return { outcome: `${Object.keys(previous).join(' and ')} rolled back` }
  })
  await step('smoke test', async (step) => ({
    outcome: await smokeTest(settings, await deployedApis(() => deployment.outputs()), step),
  }))
  console.log('\nThe next make deploy deploys this folder: fix or revert it first.')
}

await main(() => exclusively(rollback))
