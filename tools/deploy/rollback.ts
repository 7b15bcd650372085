/**
 * `make rollback`: undoes the last deployment, by digest. DIGEST=sha256:… goes to any that was ever live, FUNCTION=rds or s3
 * to one function's alone. The database stays as it is: migrations only go forward.
 */
import { namesOf } from '../../terraform/names.ts'
import { type Image, imageSetting, images } from '../build/images.ts'
import { tryApis } from './access.ts'
import { liveDigest } from './aws.ts'
import { Cdktf } from './cdktf.ts'
import { endpointsOf } from './endpoints.ts'
import { exclusively } from './exclusive.ts'
import { type Entry, previousState, type State } from './history.ts'
import { checkArchitecture, openRepository, short } from './images.ts'
import { refuseOpenings } from './openings.ts'
import type { Repository } from './registry.ts'
import { chosenImages, readHistory, record, timeOf } from './releases.ts'
import { giveVariables, loadSettings } from './settings.ts'
import { confirmed, main, step } from './steps.ts'

const SCHEMA = `The database keeps its schema: migrations only go forward, and add. An older function reads it as long as no migration took away
what it uses. What else differs in this folder's settings is applied with it: make diff shows that.`

async function rollback(): Promise<void> {
  const settings = loadSettings()
  const { ENVIRONMENT: environment, ARCHITECTURE: architecture } = settings
  const given = images.map(imageSetting).find((name) => settings[name] !== undefined)
  if (given !== undefined)
    throw new Error(
      `${given} says already which image runs (environment or .env): change or remove it, and make deploy.`,
    )
  const names = namesOf(settings)
  const repository = await openRepository(settings)
  const history = await readHistory(repository)
  const live = Object.fromEntries(
    await Promise.all(images.map(async (image) => [image, await liveDigest(names.of(image))] as const)),
  ) as Record<Image, string>
  const target = { ...live, ...(await targetOf(history, repository)) }
  const changed = images.filter((image) => target[image] !== live[image])
  if (changed.length === 0) {
    console.log('That is live already: nothing to roll back.')
    return
  }
  for (const image of changed) checkArchitecture(target[image], await repository.image(target[image]), architecture)

  const told = (digest: string) => {
    const entry = history.findLast((each) => each.digest === digest && each.kind === 'release')
    return [short(digest), entry && timeOf(entry.at), entry?.revision].filter(Boolean).join(', ')
  }
  for (const image of changed)
    console.log(
      `${names.of(image)}: ${told(live[image])}\n${' '.repeat(names.of(image).length)}→ ${told(target[image])}`,
    )
  console.log(`\n${SCHEMA}\n`)
  if (!(await confirmed(names.project, 'make rollback'))) throw new Error('Nothing was rolled back.')

  const service = await step('service', async ({ progress }) => {
    // All of them, so that what somebody has pushed and not deployed does not go live on the way.
    const cdktf = new Cdktf({ environment, progress })
    await cdktf.synthesize(target)
    await giveVariables(cdktf.outdir, 'service')
    await refuseOpenings(cdktf)
    const { outputs, changes } = await cdktf.deploy('service')
    return { outcome: changes ?? 'nothing to change', outputs }
  })
  await step('registry', async () => {
    // The plain tags are what the next plan takes: it shall find what is live.
    for (const image of changed) await repository.tag(target[image], image)
    await record(repository, { kind: 'rollback', live: target })
    return { outcome: `${changed.join(' and ')} rolled back` }
  })
  await step('smoke test', async ({ progress }) => {
    const apiKey = () => new Cdktf({ environment }).secret('service', 'api_key')
    return { outcome: await tryApis(settings, endpointsOf(service.outputs), { progress, apiKey }) }
  })
  console.log('\nmake deploy deploys this folder, and refuses what was just rolled back: mend or revert that first.')
}

/** What DIGEST and FUNCTION ask for; without DIGEST, what was live before the last deployment. */
async function targetOf(history: readonly Entry[], repository: Repository): Promise<State> {
  const chosen = chosenImages()
  const { DIGEST } = process.env
  if (!DIGEST) {
    const state = previousState(history.filter(({ image }) => chosen.includes(image)))
    if (state) return state
    throw new Error(
      'Nothing was live before, as far as the repository remembers: make releases lists what DIGEST=sha256:… can name.',
    )
  }
  const digest = await wholeDigest(DIGEST, history, repository)
  const image = history.find((entry) => entry.digest === digest)?.image ?? (process.env.FUNCTION && chosen[0])
  if (!image)
    throw new Error(
      `${short(digest)} was never live: which function is it for? FUNCTION=${images.join(' or FUNCTION=')}`,
    )
  if (!chosen.includes(image))
    throw new Error(`${short(digest)} is an image of ${image}, not of FUNCTION=${chosen.join()}`)
  return { [image]: digest }
}

/** A digest in full, of which make releases shows the beginning. */
async function wholeDigest(text: string, history: readonly Entry[], repository: Repository): Promise<string> {
  if (!/^sha256:[0-9a-f]{12,64}$/.test(text))
    throw new Error(`DIGEST=${text} must be sha256: and at least 12 hex digits`)
  const found = [...new Set(history.map(({ digest }) => digest))].filter((digest) => digest.startsWith(text))
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (text.length === 71 && (await repository.image(text))) return text
  throw new Error(`DIGEST=${text} names no image that is still in ${repository.url}: make releases lists them.`)
}

await main(() => exclusively(rollback))
