/** `make diff`: shows what `make deploy` would change in the account, with the current images of the registry. */
import { estimate, summary } from '../docs/cost/estimate.ts'
import { accessWarning } from './apis/caller.ts'
import { callerIdentity } from './aws.ts'
import { openDeployment } from './cdktf/deployment.ts'
import { main } from './cli.ts'

await main(async () => {
  const { settings, deployment } = await openDeployment()
  // Fails early without credentials: Terraform takes a minute to report that, at length.
  await callerIdentity()
  for (const stack of deployment.stacks) {
    const output = await deployment.cdktf('diff', stack).catch((error: Error) => {
      if (!/no image found|couldn't find resource|RepositoryNotFound|ImageNotFound/i.test(error.message)) throw error
      throw new Error('The images are not in the registry yet: `make deploy` pushes them.')
    })
    const plan = output.search(/^.*(No changes|Terraform used the selected providers|Terraform will perform)/m)
    console.log(`\n${stack.name}:\n${output.slice(Math.max(0, plan))}`)
  }
  console.log(`\nCost: ${summary(estimate(deployment.stacks, settings.AWS_REGION))}`)
  const warning = accessWarning(settings)
  if (warning) console.log(`\n⚠ ${warning}`)
})
