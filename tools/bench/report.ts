import { readFile } from 'node:fs/promises'
import { arch, cpus, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { median, spread } from './statistics.ts'
import type { Table } from './suites.ts'
import { measured, type Results } from './targets.ts'

const folder = import.meta.dirname
const root = resolve(folder, '../..')

const number = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0))

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows].map(line).join('\n')
}

/** Medians by implementation, each with half the distance of its quartiles. */
function tableOf(table: Table): string {
  const columns = [...new Set([...table.values()].flatMap((row) => Object.keys(row)))]
  const cell = (values: readonly number[] = []) =>
    values.length === 0 ? '–' : `${number(median(values))} ±${Math.round(spread(values) * 100)} %`
  return markdown(
    ['', ...columns],
    [...table].map(([name, row]) => [name, ...columns.map((column) => cell(row[column]))]),
  )
}

async function machine(): Promise<string> {
  const [cpu] = cpus()
  const system = /^PRETTY_NAME="(.*)"$/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1]
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  return `${cpus().length} cores (${cpu?.model.trim() || arch()}), ${memory}, ${system ?? process.platform}, kernel ${release()}`
}

async function versions(): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const peers = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).dependencies
  const python = (await readFile(join(folder, 'requirements.txt'), 'utf8')).trim().replaceAll('==', ' ').split('\n')
  const own = ['mysql2', '@aws-sdk/client-s3', '@middy/core', 'valibot'].map((name) => `${name} ${dependencies[name]}`)
  const others = Object.entries(peers).map(([name, version]) => `${name} ${version}`)
  return [`Node.js ${process.versions.node}`, ...own, ...others, ...python].join(' · ')
}

/** `RESULTS.md`. */
export async function report(results: Results, rounds: number): Promise<string> {
  const figure = (value: number | undefined, missed: boolean) =>
    value === undefined ? 'skipped' : missed ? `**${number(value)}**` : number(value)
  const targets = measured(results).map(({ name, limit, value, missed }) => [name, `≤ ${limit}`, figure(value, missed)])
  const stack = results.stack.map(({ name, bare, added }) => [
    name,
    ...[bare, added].map((each) => `${Math.round(each)} µs`),
  ])
  const tables = Object.entries(results.tables).map(([title, table]) => `## ${title}\n\n${tableOf(table)}`)
  return `# Measured beside others

Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}; do not edit. Every figure is a median, ± half the distance of its quartiles.
Milliseconds tell of this machine: compare the rows.

- Machine: ${await machine()}
- ${rounds} fresh processes of each implementation, in alternating order, driven by AWS's runtime clients
- ${await versions()}

${tables.join('\n\n')}

## Targets

${markdown(['', 'target', 'measured'], targets)}

## The stack

Time that validation, routing, errors, headers and the log line add to the use case called bare, in one process, on one connection:

${markdown(['', 'use case', 'the stack adds'], stack)}

## Method

\`make bench\` (\`ROUNDS=15\`) starts a MariaDB and the project's S3 server, both with their data in memory and without TLS, builds each implementation, and checks
that all store the same. They run as Lambda runs them, in turn, forwards and backwards. A start is a fresh process, from its
start to its first request for work and to its first answer. Requests are measured after 1,000 others or three seconds (uploads: after ten), from
the moment they are handed to a waiting process. Memory is the most that was resident (VmHWM): users after 2,400 requests, files after
ten uploads of 4.5 MB.

- **empty handler**: does nothing; its time is the platform's.
- **this project**: the bundle, compile cache and variables of the image, with validation, errors and a log line a request.
- **plain handler**, **plain middy**, **Hono**, **Powertools router**, **Express adapter** (serverless-http): mysql2 and the SDK as their documentation
  has them, minified by esbuild, with simple checks in place of validation. Powertools' router decodes every body as UTF-8, so it serves no files.
- **the original**: the course's Python, by awslambdaric, with PyMySQL and boto3 of today. It connects for each request, and PyMySQL now makes
  a TLS context for each connection: most of its time. It stores empty files, because it never rewinds what it wrote; here it has the missing line.
`
}
