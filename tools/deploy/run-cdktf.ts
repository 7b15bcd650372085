/** `npm run cdktf -- …`: the CDK for Terraform CLI by hand, with the settings of `.env` and its variables for Terraform. */
import spawn, { type SubprocessError } from 'nano-spawn'
import { ROOT } from '../process/command.ts'
import { Deployment } from './cdktf/deployment.ts'
import { cdktfCommand } from './cdktf-cli.ts'
import { main } from './cli.ts'
import { loadSettings } from './settings.ts'

await main(async () => {
  const deployment = new Deployment(loadSettings())
  const [command = '', ...args] = await cdktfCommand(console.error)
  await deployment.synthesize()
  deployment.passVariables()
  const all = [...args, ...process.argv.slice(2), '--output', deployment.outdir]
  await spawn(command, all, { cwd: ROOT, stdio: 'inherit' }).catch(({ exitCode = 1 }: SubprocessError) => {
    process.exitCode = exitCode
  })
})
