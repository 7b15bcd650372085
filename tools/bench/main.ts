/** `make bench`: compares our functions with others, writes RESULTS.md and results.svg, and fails if a target is missed. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startBackends } from './backends.ts'
import { chart } from './chart.ts'
import { report } from './report.ts'
import { type Columns, measure, suites } from './suites.ts'
import { measured } from './targets.ts'

/** Number of fresh processes per implementation. */
const rounds = Number(process.env.ROUNDS || 15)
const page = join(import.meta.dirname, 'RESULTS.md')
{
  await using backends = await startBackends()
  const columns: Record<string, Columns> = {}
  for (const suite of suites) columns[suite.title] = await measure(suite, backends, rounds)
  Object.assign(process.env, backends.variables, { AWS_REGION: 'ap-northeast-2' })
  const { measureStack } = await import('./stack-time.ts')
  const results = { columns, stack: await measureStack() }
  await writeFile(page, report(await readFile(page, 'utf8'), results, rounds))
  await writeFile(join(import.meta.dirname, 'results.svg'), chart(results))
  console.log('Written: tools/bench/RESULTS.md and results.svg')
  for (const { name, limit, figure, missed } of measured(results)) {
    console.log(`${missed ? '✖' : ' '} ${name.padEnd(42)} ${figure}, at most ${limit}`)
    if (missed) process.exitCode = 1
  }
  if (process.exitCode) console.error('Make it faster, or change tools/bench/targets.ts and say why.')
}
// The stack's connection is still open.
process.exit()
