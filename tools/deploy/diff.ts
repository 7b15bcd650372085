/** `make diff`: what `make deploy` would change in the account, with the images that are in the registry now. */
import { estimate, summary } from '../docs/cost/estimate.ts'
import { accessWarning } from './access.ts'
import { callerIdentity } from './aws.ts'
import { Cdktf } from './cdktf.ts'
import { giveVariables, loadSettings } from './settings.ts'
import { main } from './steps.ts'

/** Lines about what Terraform looks at, not about what it would do. */
const LOOKING = /: (Refreshing state|Reading|Read complete)|^\s*- (Reusing|Using) |Initializing|^.\s+Processing|^\s*$/

/** What Terraform would do, without the lines before that. */
const planIn = (output: string): string =>
  output
    .slice(Math.max(0, output.search(/^.*(No changes|Terraform used the selected providers|Terraform will perform)/m)))
    .split('\n')
    .filter((line) => !LOOKING.test(line))
    .join('\n')

await main(async () => {
  const settings = loadSettings()
  const { ENVIRONMENT: environment } = settings
  // Terraform would say it after a minute, and at length.
  await callerIdentity()
  const cdktf = new Cdktf({ environment })
  await cdktf.synthesize()
  await giveVariables(cdktf.outdir, 'service')
  for (const stack of ['registry', 'service'] as const) {
    console.log(`\n${stack}:`)
    const output = await cdktf.run(['diff', stack, '--skip-provider-lock']).catch((error: Error) => {
      if (!/no image found|couldn't find resource|RepositoryNotFound|ImageNotFound/i.test(error.message)) throw error
      throw new Error('The images are not in the registry yet: `make deploy` puts them there.')
    })
    console.log(planIn(output))
  }
  console.log(`\nCost: ${summary(await estimate(cdktf.outdir))}`)
  const warning = accessWarning(settings)
  if (warning !== undefined) console.log(`\n${warning}`)
})
