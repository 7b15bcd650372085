/** `make bench`: measures our functions beside others, writes RESULTS.md and results.svg, fails where a target is missed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startBackends } from './backends.ts'
import { chart } from './chart.ts'
import { implementationsOf, names, stackBundle } from './implementations.ts'
import { installPeers, installPython } from './install.ts'
import { report } from './report.ts'
import { runProcess } from './run-process.ts'
import { measureStack } from './stack-time.ts'
import { measure, suites, type Table } from './suites.ts'
import { measured } from './targets.ts'

/** Fresh processes of each implementation. */
const rounds = Number(process.env.ROUNDS || 15)
const started = performance.now()
installPeers()
const python = installPython()
const backends = await startBackends()
try {
  const tables: Record<string, Table> = {}
  for (const suite of suites) {
    const implementations = await implementationsOf(suite.image, backends, python)
    const ours = implementations.find(({ name }) => name === names.ours)
    if (ours && suite.image === 'rds') {
      await runProcess({ ...ours, handler: 'migrate.handler' }, [{ event: Buffer.from('{}'), times: 1 }])
      await backends.fill()
    }
    tables[suite.title] = await measure(suite, implementations, backends, rounds)
  }
  const results = { tables, stack: await measureStack(await stackBundle(backends), backends.variables) }
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), await report(results, rounds))
  await writeFile(join(import.meta.dirname, 'results.svg'), chart(results))
  console.log(
    `Written in ${Math.round((performance.now() - started) / 1000)} s: tools/bench/RESULTS.md and results.svg`,
  )
  for (const { name, limit, value, missed } of measured(results)) {
    console.log(`${missed ? '✖' : ' '} ${name.padEnd(42)} ${value?.toFixed(2) ?? 'skipped'}, at most ${limit}`)
    if (missed) process.exitCode = 1
  }
  if (process.exitCode) console.error('Make it faster, or change tools/bench/targets.ts and say why.')
} finally {
  await backends.stop()
}
// The stack's connection is still open.
process.exit()
