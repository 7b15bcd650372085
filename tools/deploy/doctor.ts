/** `make doctor`: what a deployment needs of this machine and of the AWS account, with the fix for whatever is missing. */
import { examine } from './checks.ts'
import { loadSettings } from './settings.ts'
import { main } from './steps.ts'

await main(async () => {
  const { lines, healthy } = await examine(loadSettings())
  console.log(lines.join('\n'))
  if (!healthy) process.exitCode = 1
})
