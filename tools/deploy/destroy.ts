/** `make destroy`: removes what `make deploy` made, after asking; nothing that keeps data goes without having been named. */

import { Deployment } from './cdktf/deployment.ts'
import { lossesOf } from './cdktf/losses.ts'
import { confirm, exclusively, main, step } from './cli.ts'
import { loadSettings } from './settings.ts'

const DURATION = `It takes about 20 minutes, sometimes 45: Lambda keeps its network interfaces in the VPC for that long after the functions
are gone, and until they are gone too AWS deletes neither their security group nor their subnets.`

async function destroy(): Promise<void> {
  const settings = loadSettings()
  const deployment = new Deployment(settings)
  await deployment.synthesize()
  deployment.passVariables()

  const { losses, kept } = await lossesOf(deployment)
  if (kept.length > 0) {
    throw new Error(
      `Protected, so nothing is destroyed:\n${list(kept)}\n\nTo destroy these as well, with all that is in them:\n  make deploy DELETION_PROTECTION=false\n  make destroy DELETION_PROTECTION=false`,
    )
  }
  const name = deployment.repository
  console.log(
    `This destroys ${name} in ${settings.AWS_REGION}${losses.length > 0 ? `, for good with\n${list(losses)}` : ''}\n`,
  )
  console.log(`${DURATION}\nWhere it breaks, make destroy again goes on from there.\n`)
  await confirm(name, 'make destroy', 'Nothing was destroyed.')

  // The functions first: the repository holds what they run.
  for (const stack of deployment.stacks.toReversed())
    await step(stack.name, async ({ progress }) => {
      await deployment.destroy(stack, progress)
      return { outcome: 'destroyed' }
    })
}

const list = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n')

await main(() => exclusively(destroy))
