/** `make releases`: lists releases with time and commit, and marks the live one; FUNCTION=… selects an image. */
import { liveDigests } from './aws.ts'
import { openDeployment } from './cdktf/deployment.ts'
import { chosen, main } from './cli.ts'
import { describe, releasesIn } from './images/releases.ts'
import { Repository } from './images/repository.ts'

/** Number of releases listed per image. */
const SHOWN = 20

await main(async () => {
  const { deployment } = await openDeployment()
  const live = await liveDigests(deployment.images)
  const all = releasesIn(await (await Repository.open(deployment.repository)).tags())
  for (const [image, digest] of chosen(live)) {
    const releases = all.filter((release) => release.image === image).toReversed()
    const current = releases.find((release) => release.digest === digest)
    console.log(`\n${image}${current ? '' : `: live is ${digest}, not deployed by make deploy`}`)
    for (const release of releases.slice(0, SHOWN))
      console.log(`  ${release === current ? 'live' : '    '}  ${describe(release)}`)
    if (releases.length > SHOWN) console.log(`  and ${releases.length - SHOWN} earlier`)
  }
  console.log('\nmake rollback undoes the last deployment; make rollback DIGEST=sha256:… deploys any of these.')
})
