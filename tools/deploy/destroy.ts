/** `make destroy`: removes what `make deploy` made, after asking; nothing that keeps data goes without having been named. */
import { namesOf } from '../../terraform/names.ts'
import { Cdktf } from './cdktf.ts'
import { exclusively } from './exclusive.ts'
import { lossesOf } from './protection.ts'
import { giveVariables, loadSettings } from './settings.ts'
import { confirmed, main, step } from './steps.ts'

/** The functions first: the repository holds what they run. */
const STACKS = ['service', 'registry'] as const

const DURATION = `It takes about 20 minutes, sometimes 45: Lambda keeps its network interfaces in the VPC for that long after the functions
are gone, and until they are gone too AWS deletes neither their security group nor their subnets.`

async function destroy(): Promise<void> {
  const settings = loadSettings()
  const { ENVIRONMENT: environment, AWS_REGION } = settings
  const cdktf = new Cdktf({ environment })
  await cdktf.synthesize()
  await giveVariables(cdktf.outdir, 'service')

  const { losses, kept } = await lossesOf(cdktf.outdir, STACKS)
  if (kept.length > 0) {
    throw new Error(
      `Protected, so nothing is destroyed:\n${list(kept)}\n\nTo destroy these as well, with all that is in them:\n  make deploy DELETION_PROTECTION=false\n  make destroy DELETION_PROTECTION=false`,
    )
  }
  const { project } = namesOf(settings)
  console.log(
    `This destroys ${project} in ${AWS_REGION}${losses.length > 0 ? `, for good with\n${list(losses)}` : ''}\n`,
  )
  console.log(`${DURATION}\nWhere it breaks, make destroy again goes on from there.\n`)
  if (!(await confirmed(project, 'make destroy'))) throw new Error('Nothing was destroyed.')

  for (const stack of STACKS) {
    await step(stack, async ({ progress }) => {
      await new Cdktf({ environment, progress }).destroy(stack)
      return { outcome: 'destroyed' }
    })
  }
}

const list = (items: readonly string[]) => items.map((item) => `  ${item}`).join('\n')

await main(() => exclusively(destroy))
