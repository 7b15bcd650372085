/** `make doctor`: what a deployment needs of this machine and of the AWS account, with the fix for whatever is missing. */
import { Deployment } from './cdktf/deployment.ts'
import { main } from './cli.ts'
import { checkAccount } from './doctor/account.ts'
import { linesOf, stops } from './doctor/finding.ts'
import { checkMachine } from './doctor/machine.ts'
import { loadSettings } from './settings.ts'

await main(async () => {
  const settings = loadSettings()
  const deployment = new Deployment(settings)
  await deployment.synthesize()
  const { stacks } = deployment
  const findings = (await Promise.all([checkMachine(settings, stacks), checkAccount(settings, stacks)])).flat()
  console.log(linesOf(findings).join('\n'))
  if (findings.some(stops)) process.exitCode = 1
})
