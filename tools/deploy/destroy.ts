/** `make destroy`: removes everything `make deploy` created, after asking. It first names each resource with data. */
import type { Block } from '../local/wiring/terraform.ts'
import { openDeployment } from './cdktf/deployment.ts'
import { confirm, exclusively, main, step } from './cli.ts'

const DURATION = `It takes about 20 minutes, sometimes 45: Lambda keeps its network interfaces for that long after the functions are deleted,
and AWS deletes their security group and subnets only afterwards.`

/** Resources with data: their names, and whether AWS refuses to destroy them with their data. */
const DATA: Readonly<Record<string, (attributes: Block) => readonly [name: string, isProtected: boolean]>> = {
  aws_db_instance: ({ identifier, final_snapshot_identifier: last, deletion_protection }) => [
    `the database ${identifier}${last ? `, except for the snapshot ${last}` : ''}`,
    deletion_protection === true,
  ],
  aws_dynamodb_table: ({ name, deletion_protection_enabled: kept }) => [`the table ${name}`, kept === true],
  aws_s3_bucket: ({ bucket, force_destroy }) => [`the bucket ${bucket} and its objects`, force_destroy !== true],
  aws_ecr_repository: ({ name, force_delete }) => [`the repository ${name} and its images`, force_delete !== true],
}

async function destroy(): Promise<void> {
  const { settings, deployment } = await openDeployment()

  let [kept, lost] = ['', '']
  // From the state, since the settings may have changed.
  for (const stack of deployment.stacks)
    for (const { type, attributes } of (await deployment.state(stack)).resources) {
      const [name, isProtected] = DATA[type]?.(attributes) ?? []
      if (isProtected) kept += `\n  ${name}`
      else if (name) lost += `\n  ${name}`
    }
  // Checked first: AWS would refuse only after deleting other resources.
  if (kept)
    throw new Error(
      `Protected, so nothing is destroyed:${kept}\n\nTo destroy these and their contents:\n  make deploy DELETION_PROTECTION=false\n  make destroy DELETION_PROTECTION=false`,
    )
  const name = deployment.repository
  console.log(`This destroys ${name} in ${settings.AWS_REGION}${lost && `, permanently with${lost}`}\n`)
  console.log(`${DURATION}\nIf it fails, run make destroy again: it resumes from there.\n`)
  await confirm(name, 'make destroy', 'Nothing was destroyed.')

  // Functions first: they run images of the repository.
  for (const stack of deployment.stacks.toReversed())
    await step(stack.name, async ({ progress }) => {
      await deployment.cdktf('destroy', stack, progress)
      return { outcome: 'destroyed' }
    })
}

await main(() => exclusively(destroy))
