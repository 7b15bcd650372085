/** `npm run cdktf -- …`: the CDK for Terraform CLI by hand, with the settings of `.env` and its variables for Terraform. */
import spawn, { type SubprocessError } from 'nano-spawn'
import { ROOT } from '../process/command.ts'
import { Cdktf } from './cdktf.ts'
import { cdktfCommand } from './cdktf-cli.ts'
import { giveVariables, loadSettings } from './settings.ts'
import { main } from './steps.ts'

await main(async () => {
  const { ENVIRONMENT: environment } = loadSettings()
  const [command = '', ...args] = await cdktfCommand(console.error)
  const cdktf = new Cdktf({ environment })
  await cdktf.synthesize()
  await giveVariables(cdktf.outdir, 'service')
  const all = [...args, ...process.argv.slice(2), '--output', cdktf.outdir]
  await spawn(command, all, { cwd: ROOT, stdio: 'inherit' }).catch(({ exitCode = 1 }: SubprocessError) => {
    process.exitCode = exitCode
  })
})
