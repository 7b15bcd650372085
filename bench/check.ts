/**
 * `make bench-check`: fails where a budget (budgets.ts) is exceeded twice. It takes about a minute, needs nothing but what tests
 * need, and holds our functions against an empty handler, the least that any client could do, and Python where Debian's packages are.
 */
import { type BudgetName, budgets } from './budgets.ts'
import { Contenders, codeSize } from './contenders.ts'
import { figures, type Measured } from './figures.ts'
import { measureFiles, measureUsers } from './functions.ts'
import { measureOverhead } from './overhead.ts'
import { requireServers } from './peers-install.ts'
import { filesRivals, usersRivals } from './rivals.ts'
import { ownRuntime } from './runtime.ts'
import { sameAnswers } from './same-answers.ts'
import { Stage } from './stage.ts'
import { events } from './workload.ts'

/** Fresh processes of each contender. */
const ROUNDS = Number(process.env.ROUNDS || 9)
const inCi = process.env.CI === 'true'

await requireServers(console.log)
const stage = await Stage.open()
try {
  const contenders = new Contenders(ownRuntime, stage)
  const users = await usersRivals(contenders, false)
  const files = await filesRivals(contenders, false)
  const both = await contenders.inOneProcess('users', 'overhead-users', 'rds')
  await sameAnswers(users, files, stage)

  const plan = { stage, rounds: ROUNDS, step: () => {} }
  const measured: Measured = {
    users: await measureUsers(users, plan),
    files: await measureFiles(files, plan),
    overhead: await measureOverhead(both, events.list),
    code: { rds: await codeSize(users.ours), s3: await codeSize(files.ours) },
  }
  let exceeded = show(measured, Object.keys(budgets) as BudgetName[])
  if (exceeded.length > 0) {
    console.log('\nOnce more, for the machine may have been busy with something else:')
    const again = {
      ...measured,
      ...(exceeded.some((name) => name.startsWith('users')) && {
        users: await measureUsers(users, plan),
        overhead: await measureOverhead(both, events.list),
      }),
      ...(exceeded.some((name) => name.startsWith('files')) && { files: await measureFiles(files, plan) }),
    }
    exceeded = show(again, exceeded)
  }
  if (exceeded.length > 0) {
    console.error(`\nOver budget: ${exceeded.join('; ')}. Make it faster, or change bench/budgets.ts and say why.`)
    process.exitCode = 1
  }
} finally {
  await stage.close()
}

/** Prints the figures beside their limits; gives those over them. */
function show(measured: Measured, names: readonly BudgetName[]): BudgetName[] {
  return names.filter((name) => {
    const { limit } = budgets[name]
    const figure = figures[name](measured)
    const verdict = figure === undefined ? 'not measured: no Python' : figure <= limit ? 'ok' : 'OVER'
    const text = (value: number | undefined) =>
      value === undefined ? '–' : value > 1000 ? `${value}` : value.toFixed(2)
    console.log(`  ${name.padEnd(62)} ${text(figure).padStart(8)} of ${text(limit).padStart(8)}  ${verdict}`)
    // In CI nothing may be left out.
    return figure === undefined ? inCi : figure > limit
  })
}
