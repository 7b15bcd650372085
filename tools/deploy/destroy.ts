/** `make destroy`: removes what `make deploy` made, after asking; nothing that keeps data goes without having been named. */
import type { Block } from '../local/wiring/terraform.ts'
import { openDeployment } from './cdktf/deployment.ts'
import { confirm, exclusively, main, step } from './cli.ts'

const DURATION = `It takes about 20 minutes, sometimes 45: Lambda keeps its network interfaces in the VPC for that long after the functions
are gone, and until they are gone too AWS deletes neither their security group nor their subnets.`

/** Resources that keep data: their names, and whether AWS refuses to destroy them together with it. */
const DATA: Readonly<Record<string, (attributes: Block) => readonly [name: string, isProtected: boolean]>> = {
  aws_db_instance: ({ identifier, final_snapshot_identifier: last, deletion_protection }) => [
    `the database ${identifier}${last ? `, but for the snapshot ${last}` : ''}`,
    deletion_protection === true,
  ],
  aws_dynamodb_table: ({ name, deletion_protection_enabled: kept }) => [`the table ${name}`, kept === true],
  aws_s3_bucket: ({ bucket, force_destroy }) => [`the bucket ${bucket} and its objects`, force_destroy !== true],
  aws_ecr_repository: ({ name, force_delete }) => [`the repository ${name} and its images`, force_delete !== true],
}

async function destroy(): Promise<void> {
  const { settings, deployment } = await openDeployment()

  let [kept, lost] = ['', '']
  // By their state, and not by today's settings.
  for (const stack of deployment.stacks)
    for (const { type, attributes } of (await deployment.state(stack)).resources) {
      const [name, isProtected] = DATA[type]?.(attributes) ?? []
      if (isProtected) kept += `\n  ${name}`
      else if (name) lost += `\n  ${name}`
    }
  // AWS would refuse when half of the rest is gone.
  if (kept)
    throw new Error(
      `Protected, so nothing is destroyed:${kept}\n\nTo destroy these as well, with all that is in them:\n  make deploy DELETION_PROTECTION=false\n  make destroy DELETION_PROTECTION=false`,
    )
  const name = deployment.repository
  console.log(`This destroys ${name} in ${settings.AWS_REGION}${lost && `, for good with${lost}`}\n`)
  console.log(`${DURATION}\nWhere it breaks, make destroy again goes on from there.\n`)
  await confirm(name, 'make destroy', 'Nothing was destroyed.')

  // The functions first: the repository holds what they run.
  for (const stack of deployment.stacks.toReversed())
    await step(stack.name, async ({ progress }) => {
      await deployment.cdktf('destroy', stack, progress)
      return { outcome: 'destroyed' }
    })
}

await main(() => exclusively(destroy))
