/** `make releases`: what was deployed when, from which commit, and what is live; FUNCTION=… of one function alone. */
import { liveDigest } from './aws.ts'
import { Deployment } from './cdktf/deployment.ts'
import { chosen, main } from './cli.ts'
import { short } from './images/push.ts'
import { historyIn, timeOf } from './images/release-history.ts'
import { Repository } from './images/repository.ts'
import { loadSettings } from './settings.ts'

/** Releases listed for each image. */
const SHOWN = 20

await main(async () => {
  const deployment = new Deployment(loadSettings())
  await deployment.synthesize()
  const wanted = new Set([...chosen(deployment.functions).values()].map(({ image }) => image))
  const history = historyIn(await (await Repository.open(deployment.repository)).tags())
  for (const [image, name] of deployment.images) {
    if (!wanted.has(image)) continue
    const live = await liveDigest(name)
    const own = history.filter((release) => release.image === image).toReversed()
    console.log(`\n${name}`)
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
