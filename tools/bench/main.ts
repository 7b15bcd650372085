/** `make bench`: measures our functions beside others, writes RESULTS.md and results.svg, fails where a target is missed. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startBackends } from './backends.ts'
import { chart } from './chart.ts'
import { implementationsOf, names } from './implementations.ts'
import { installPeers, installPython } from './install.ts'
import { report } from './report.ts'
import { runProcess } from './run-process.ts'
import { measure, type Sample, suites } from './suites.ts'
import { measured } from './targets.ts'

/** Fresh processes of each implementation. */
const rounds = Number(process.env.ROUNDS || 15)
const page = join(import.meta.dirname, 'RESULTS.md')
await installPeers()
const python = await installPython()
{
  await using backends = await startBackends()
  const samples: Sample[] = []
  for (const suite of suites) {
    const implementations = await implementationsOf(suite.image, backends, python)
    const ours = implementations.find(({ name }) => name === names.ours)
    if (ours && suite.image === 'rds') {
      await runProcess({ ...ours, handler: 'migrate.handler' }, [{ event: Buffer.from('{}'), times: 1 }])
      await backends.fill()
    }
    samples.push(...(await measure(suite, implementations, backends, rounds)))
  }
  Object.assign(process.env, backends.variables, { AWS_REGION: 'ap-northeast-2' })
  const { measureStack } = await import('./stack-time.ts')
  const results = { samples, stack: await measureStack() }
  await writeFile(page, report(await readFile(page, 'utf8'), results, rounds))
  await writeFile(join(import.meta.dirname, 'results.svg'), chart(results))
  console.log('Written: tools/bench/RESULTS.md and results.svg')
  for (const { name, limit, value, missed } of measured(results)) {
    const figure = Number.isNaN(value) ? 'skipped' : value.toFixed(2)
    console.log(`${missed ? '✖' : ' '} ${name.padEnd(42)} ${figure}, at most ${limit}`)
    if (missed) process.exitCode = 1
  }
  if (process.exitCode) console.error('Make it faster, or change tools/bench/targets.ts and say why.')
}
// The stack's connection is still open.
process.exit()
