/** `make doctor`: checks the deployment's requirements of this machine and the AWS account, and prints fixes. */
import { openDeployment } from './cdktf/deployment.ts'
import { check } from './checks.ts'
import { main } from './cli.ts'
import { linesOf } from './findings.ts'

await main(async () => {
  const { settings, deployment } = await openDeployment()
  const findings = await check(settings, deployment.stacks)
  console.log(linesOf(findings))
  if (findings.some(({ fix }) => fix)) process.exitCode = 1
})
