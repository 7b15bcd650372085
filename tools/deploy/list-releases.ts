/** `make releases`: what was deployed when, from which commit, and what is live; FUNCTION=rds of one alone. */
import { namesOf } from '../../terraform/names.ts'
import { liveDigest } from './aws.ts'
import { openRepository, short } from './images.ts'
import { chosenImages, readHistory, timeOf } from './releases.ts'
import { loadSettings } from './settings.ts'
import { main } from './steps.ts'

/** Of each function. */
const SHOWN = 20

await main(async () => {
  const settings = loadSettings()
  const names = namesOf(settings)
  const repository = await openRepository(settings)
  const history = await readHistory(repository)
  for (const image of chosenImages()) {
    const live = await liveDigest(names.of(image))
    const own = history.filter((entry) => entry.image === image).toReversed()
    console.log(`\n${names.of(image)}`)
    if (!own.some(({ digest }) => digest === live)) console.log(`  live  ${short(live)}  not by \`make deploy\``)
    const current = own.findIndex(({ digest }) => digest === live)
    for (const [index, { digest, at, kind, revision }] of own.slice(0, SHOWN).entries()) {
      const mark = index === current ? 'live' : '    '
      const how = kind === 'rollback' ? 'rolled back to' : (revision ?? '')
      console.log(`  ${mark}  ${short(digest)}  ${timeOf(at)}  ${how}`.trimEnd())
    }
    if (own.length > SHOWN) console.log(`  and ${own.length - SHOWN} before`)
  }
  console.log('\nmake rollback undoes the last deployment; with DIGEST=sha256:… any of these goes live again.')
})
