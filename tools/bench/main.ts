/** `make bench`: measures our functions beside others, writes RESULTS.md and results.svg, fails where a target is missed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chart } from './chart.ts'
import { contendersOf, names, overheadBundle } from './contenders.ts'
import { execute } from './execution.ts'
import { installPeers, installPython } from './install.ts'
import { measureFiles, measureUsers } from './measure.ts'
import { measureOverhead } from './overhead.ts'
import { report, targetRows } from './report.ts'
import { sameFiles, sameUsers } from './same-answers.ts'
import { Stage } from './stage.ts'
import { missed, type Results } from './targets.ts'

/** Fresh processes of each contender. */
const rounds = Number(process.env.ROUNDS || 15)

async function measure(stage: Stage, python: string | undefined): Promise<Results> {
  const users = await contendersOf('rds', stage, python)
  const files = await contendersOf('s3', stage, python)
  const ours = users.find(({ name }) => name === names.ours)
  if (ours) await execute({ ...ours, handler: 'index.migrate' }, [{ event: Buffer.from('{}'), times: 1 }])
  await stage.fill()
  await sameUsers(users, stage)
  await sameFiles(files)
  console.log('All contenders do the same work.')
  return {
    users: await measureUsers(users, stage, rounds),
    files: await measureFiles(files, rounds),
    overhead: await measureOverhead(await overheadBundle(stage), stage.variables),
  }
}

const started = performance.now()
installPeers()
const python = installPython()
const stage = await Stage.open()
try {
  const results = await measure(stage, python)
  for (const [name = '', limit = '', figure = ''] of targetRows(results))
    console.log(`  ${name.padEnd(42)} ${figure.replaceAll('*', '').padStart(8)} ${limit.padStart(8)}`)
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), await report(results, rounds))
  await writeFile(join(import.meta.dirname, 'results.svg'), chart(results))
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`Written in ${seconds} s: tools/bench/RESULTS.md and results.svg`)
  const over = missed(results)
  if (over.length > 0) {
    console.error(`Missed: ${over.join('; ')}. Make it faster, or change tools/bench/targets.ts and say why.`)
    process.exitCode = 1
  }
} finally {
  await stage.close()
}
// The stack's connection is still open.
process.exit()
