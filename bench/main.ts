/** `make bench`: measures everything, prints it, and writes RESULTS.md and results.svg. ROUNDS=15 is how many fresh processes of each. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chart } from './chart.ts'
import { Contenders, codeSize } from './contenders.ts'
import { measureThroughput, throughputSteps } from './environments.ts'
import { filesSteps, measureFiles, measureUsers, usersSteps } from './functions.ts'
import { growthOfFiles, growthOfPages, growthSteps, pagesOfTables } from './growth.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { names } from './names.ts'
import { measureOverhead } from './overhead.ts'
import { installPeers, requireServers } from './peers-install.ts'
import { Progress } from './progress.ts'
import { describePythonRuntime } from './python.ts'
import { contenderRows, filesColumns, report, targetRows, usersColumns } from './report.ts'
import type { Results } from './results.ts'
import { filesRivals, usersRivals } from './rivals.ts'
import { awsRuntime, ownRuntime } from './runtime.ts'
import { sameAnswers } from './same-answers.ts'
import { Stage } from './stage.ts'
import { events } from './workload.ts'

async function measure(stage: Stage, rounds: number): Promise<Results> {
  const runtime = awsRuntime()
  if (runtime === ownRuntime) {
    console.log(
      "AWS's runtime client is not there (it takes a C++ compiler, make and cmake): the benchmark's own drives.",
    )
  }
  const contenders = new Contenders(runtime, stage)
  const users = await usersRivals(contenders, true)
  const files = await filesRivals(contenders, true)
  const bothUsers = await contenders.inOneProcess('users', 'overhead-users', 'rds')
  const bothFiles = await contenders.inOneProcess('files', 'overhead-files', 's3')
  await sameAnswers(users, files, stage)
  console.log('All contenders give the same answers.')

  const progress = new Progress([
    { title: 'users: start, requests, memory', steps: usersSteps(users, rounds), seconds: 75 },
    { title: 'files: start, requests, memory', steps: filesSteps(files, rounds), seconds: 240 },
    { title: 'what the stack adds', steps: 3, seconds: 15 },
    { title: 'growth with file, page and table', steps: growthSteps, seconds: 45 },
    { title: '64 execution environments at once', steps: throughputSteps, seconds: 60 },
  ])
  const step = () => progress.step()
  const next = async <T>(work: () => Promise<T>): Promise<T> => {
    progress.begin()
    return work()
  }
  const plan = { stage, rounds, step }
  const stepping = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work
    step()
    return result
  }
  const usersTable = await next(() => measureUsers(users, plan))
  const filesTable = await next(() => measureFiles(files, plan))
  const overheads = await next(async () => ({
    list: await stepping(measureOverhead(bothUsers, events.list)),
    create: await stepping(measureOverhead(bothUsers, events.create)),
    link: await stepping(measureOverhead(bothFiles, events.link)),
  }))
  await stage.fill()
  const grown = await next(async () => ({
    growth: {
      files: await growthOfFiles(files.ours, step),
      pages: await growthOfPages(users.ours, stage, step),
    },
    tables: await pagesOfTables(users.ours, stage, step),
  }))
  const bare = users.whole.find(({ name }) => name === names.bare) ?? users.ours
  const throughput = await next(() => measureThroughput({ ours: users.ours, bare }, stage, step))
  progress.end()
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(),
    versions: await describeVersions(stage),
    runtime: runtime.description,
    pythonRuntime: await describePythonRuntime(runtime),
    rounds,
    users: usersTable,
    files: filesTable,
    overhead: overheads.list,
    overheads,
    ...grown,
    throughput,
    code: { rds: await codeSize(users.ours), s3: await codeSize(files.ours) },
  }
}

/** For people: columns of equal width. */
function print(title: string, rows: readonly (readonly string[])[]): void {
  const plain = rows.map((row) => row.map((cell) => cell.replaceAll('*', '')))
  const widths = plain[0]?.map((_, column) => Math.max(...plain.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = plain.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
  console.log(`\n${title}\n${lines.join('\n')}`)
}

installPeers(console.log)
await requireServers(console.log)
const rounds = Number(process.env.ROUNDS || 15)
const started = performance.now()
const stage = await Stage.open()
try {
  const results = await measure(stage, rounds)
  print('Users', contenderRows(results.users, usersColumns))
  print('Files', contenderRows(results.files, filesColumns))
  print('What was to be reached', targetRows(results))
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), report(results))
  await writeFile(join(import.meta.dirname, 'results.svg'), chart(results))
  console.log(
    `\nWritten in ${Math.round((performance.now() - started) / 1000)} s: bench/RESULTS.md and bench/results.svg`,
  )
} finally {
  await stage.close()
}
