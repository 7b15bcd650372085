import { PRICES_FROM } from '../scripts/cost/prices.ts'
import { billOf, COLD_PERCENT, memoryOf, RATES, REGION } from './bill.ts'
import { type Budget, type BudgetName, budgets } from './budgets.ts'
import { figures, floors, ratio } from './figures.ts'
import type { Table } from './functions.ts'
import { type Line, lineThrough, MANY_ROWS, type Point } from './growth.ts'
import { names } from './names.ts'
import type { Results } from './results.ts'
import { median, spread } from './statistics.ts'

/** The columns of a table of contenders: metric and heading. */
type Columns = Readonly<Record<string, string>>

export const usersColumns: Columns = {
  ready: 'start to ready, ms',
  first: 'to first answer, ms',
  list: 'GET 100 users, ms',
  create: 'POST user, ms',
  memory: 'memory, MB',
}
export const filesColumns: Columns = {
  ready: 'start to ready, ms',
  first: 'to first link, ms',
  firstUpload: 'to first upload, ms',
  link: 'GET link, ms',
  upload: 'POST 4 MB, ms',
  memory: 'memory, MB',
  memoryLater: 'after ten, MB',
}

const number = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0))

function markdown(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [head, rule, ...body].map(line).join('\n')
}

/** Contenders by row: medians, each with half the distance of its quartiles. */
export function contenderRows(table: Table, columns: Columns): string[][] {
  const cell = (values: readonly number[] = []) =>
    values.length === 0 ? '–' : `${number(median(values))} ±${Math.round(spread(values) * 100)} %`
  return [
    ['', ...Object.values(columns)],
    ...[...table].map(([name, metrics]) => [name, ...Object.keys(columns).map((metric) => cell(metrics[metric]))]),
  ]
}

/** What was set out to be reached, and what was. */
export function targetRows(results: Results): string[][] {
  const rows = Object.entries(budgets as Record<string, Budget>).flatMap(([name, { target }]) => {
    const figure = target === undefined ? undefined : figures[name as BudgetName](results)
    if (figure === undefined || target === undefined) return []
    const floor = floors[name as BudgetName]?.(results)
    return [[name, `≤ ${target}`, number(figure), floor === undefined ? '' : number(floor), verdict(figure <= target)]]
  })
  const { added } = results.overheads.list
  const stack = ['users: the whole stack over the bare use case, µs', '≤ 60', number(added), '', verdict(added <= 60)]
  return [['', 'target', 'measured', 'the least', 'holds'], ...rows, stack]
}

const verdict = (holds: boolean) => (holds ? 'yes' : '**no**')

const points = (heading: string, all: readonly Point[]) =>
  markdown([
    [heading, ...all.map(({ size }) => size.toLocaleString('en'))],
    ['ms', ...all.map(({ milliseconds }) => number(milliseconds))],
    ['MB', ...all.map(({ memory }) => number(memory))],
  ])

const line = (unit: string, { slope, intercept, deviation }: Line, per: number, what: string) =>
  `${number(intercept)} ${unit} and ${number(slope * per)} ${unit} for each ${what}; no point is farther from that line than ${Math.round(deviation * 100)} % of the largest`

function billRows(results: Results, kind: 'users' | 'files'): string[][] {
  const whole = [...results[kind]].filter(([name, metrics]) => !name.startsWith(names.empty) && metrics.first?.length)
  return [
    [kind, 'billed, ms', ...RATES.map((rate) => `${rate}/s`), `of which duration at ${RATES.at(-1)}/s`],
    ...whole.map(([name, metrics]) => {
      const { billed, monthly, duration } = billOf(kind, metrics)
      return [
        name,
        number(billed),
        ...RATES.map((rate) => `$${monthly[rate]?.toFixed(2)}`),
        `$${duration[RATES.at(-1) ?? 0]?.toFixed(2)}`,
      ]
    }),
  ]
}

/** `RESULTS.md`. */
export function report(results: Results): string {
  const { overheads, growth, tables, throughput, users, files } = results
  const { connections, ours, bare, few } = throughput
  const perSecond = (rate: number) => `${Math.round(rate)}/s`
  const overhead = (name: string, { added, bare }: { added: number; bare: number }) => [
    name,
    `${Math.round(bare)} µs`,
    `${Math.round(added)} µs`,
  ]
  const express = ratio(users, 'first', 'Express adapter')
  return `# What it takes, beside others

Written by \`make bench\` on ${results.date}; nothing here is edited by hand. Every figure is a median, ± half the distance of its quartiles.
Milliseconds tell of this machine; compare the rows with each other.

- Machine: ${results.machine}
- Driven by ${results.runtime}, ${results.rounds} fresh processes of each, in alternating order
- ${results.versions.join(' · ')}

## Users

${markdown(contenderRows(users, usersColumns))}

## Files

${markdown(contenderRows(files, filesColumns))}

## What was to be reached

${markdown(targetRows(results))}

The least is the same ratio of an empty handler, or of the least upload: what the runtime takes before any code of anybody's.
${express === undefined ? '' : `\nBeside Express behind its adapter, the first answer comes after ${number(express)} of its time.\n`}
## The stack

What validation, routing, errors, headers and the log line add to the same use case called bare, in one process, on one connection:

${markdown([['', 'use case', 'the stack adds'], overhead('GET 100 users', overheads.list), overhead('POST user', overheads.create), overhead('GET link', overheads.link)])}

## Growth

${points('bytes of a file', growth.files)}

Time: ${line('ms', lineThrough(growth.files, 'milliseconds'), 1e6, 'MB')}.
Memory: ${line('MB', lineThrough(growth.files, 'memory'), 1e6, 'MB')}.

${points('rows of a page', growth.pages)}

Time: ${line('ms', lineThrough(growth.pages, 'milliseconds'), 1000, '1,000 rows')}.
Memory: ${line('MB', lineThrough(growth.pages, 'memory'), 1000, '1,000 rows')}.

A page of 100 in tables of 1,000 and of ${MANY_ROWS.toLocaleString('en')} rows:

${markdown([['page', 'of 1,000, ms', `of ${MANY_ROWS.toLocaleString('en')}, ms`, 'ratio'], ...tables.map(({ where, few, many }) => [where, number(few), number(many), number(many / few)])])}

## 64 execution environments at once

Users created, all of it on this one machine, which has to run the 64 processes too; in Lambda each has a CPU of its own.

${markdown([
  ['', 'created'],
  ['64 environments', perSecond(ours)],
  ['64 environments of the bare use case', perSecond(bare)],
  ['4 environments', perSecond(few)],
  ['64 connections of one program that does nothing else', perSecond(connections)],
])}

## The bill

Dollars a month by requests a second, in ${REGION} at list prices of ${PRICES_FROM} (scripts/cost/prices.ts), without free allowances and without what is there
at rest (\`make cost\`) or downloaded. Nine GET for each POST of users; as many links as uploads of 4 MB. Lambda has ${memoryOf.users} and ${memoryOf.files} MB, as in Terraform, and
so less than a CPU: durations are taken to be all computing, and scaled by it, the most that they can be. ${COLD_PERCENT} % of the requests meet a cold start.

${markdown(billRows(results, 'users'))}

${markdown(billRows(results, 'files'))}

${method(results)}`
}

const method = ({ pythonRuntime }: Results) => `## Method

\`make bench\` (about eight minutes; \`ROUNDS=15\`) starts a MariaDB and the project's S3 server, both with their data in memory, makes each contender's bundle, and checks first that all
give the same answers. Then each is started as Lambda starts it, a process that asks the Runtime API for events: in turn, forwards and
backwards, so that whatever else the machine does meets all alike. Starts are measured in fresh processes, from the start of the process to its first
question and to its first answer; requests in processes that have served 1,000 before (uploads: ten), when V8 has optimised what is called often, from when they are handed to a process that waits, as
in Lambda, to the answer. Processors are kept awake by something that gives way to everybody: to wake a virtual one takes its host longer than a request. Memory is the most that was
resident (VmHWM): of users after 2,400 requests, of files after the first upload of 4.5 MB, and after ten.

- **this project**: what the image holds, built as in the Dockerfile, compile cache included, with validation, errors, and a log line a request.
- **bare use case**: our use cases, called by hand, without the stack. **least upload**: decode the base64, send the bytes once, signed, with a CRC32.
- **plain handler**, **plain middy**, **Hono**, **Powertools router**, **Express adapter** (serverless-http): the same mysql2 and SDK as documented by their
  makers, minified by esbuild, without source maps, with simple checks in place of validation. Powertools' router serves no files, for it decodes every body as UTF-8.
- **Python**: a handler in the shape of the original, PyMySQL and boto3 of Debian, driven by ${pythonRuntime}. It connects for each request, or it could
  not answer \`Could not connect to MySQL database\`; **Python, connected** does so once, as it starts. The targets are about the original.
  AWS's client for Python is in no Debian package: \`make bench\` takes it where PYTHONPATH has it, and where AWS's client drives Node.js too.
- **empty handler**: does nothing; what it takes, of a 4 MB upload too, is the platform's.
`
