import { arch, cpus, platform, release, totalmem } from 'node:os'
import { median, spread } from './statistics.ts'
import { suites } from './suites.ts'
import { measured, type Results, valuesOf } from './targets.ts'

const number = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0))

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows].map(line).join('\n')
}

/** Medians by implementation, each with half the distance of its quartiles. */
function tableOf(results: Results, suite: string): string {
  const samples = results.samples.filter((each) => each.suite === suite)
  const columns = [...new Set(samples.map(({ column }) => column))]
  const cell = (values: readonly number[]) =>
    Number.isNaN(median(values)) ? '–' : `${number(median(values))} ±${Math.round(spread(values) * 100)} %`
  const rows = [...new Set(samples.map(({ implementation }) => implementation))].map((name) => [
    name,
    ...columns.map((column) => cell(valuesOf(results, suite, column, name))),
  ])
  return `## ${suite}\n\n${markdown(['', ...columns], rows)}`
}

const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() || arch()}), ${memory}, ${platform()}, kernel ${release()}`

/** `RESULTS.md`: what was measured, above the method that the page itself describes. */
export function report(page: string, results: Results, rounds: number): string {
  const tables = suites.map(({ title }) => tableOf(results, title))
  const targets = measured(results).map(({ name, limit, value, missed }) => {
    const figure = Number.isNaN(value) ? 'skipped' : number(value)
    return [name, `≤ ${limit}`, missed ? `**${figure}**` : figure]
  })
  const stack = results.stack.map(({ name, bare, added }) => [
    name,
    `${Math.round(bare)} µs`,
    `${Math.round(added)} µs`,
  ])
  return `# Measured beside others

Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}; edit the method alone. Every figure is a median, ± half the distance of its quartiles.
Milliseconds tell of this machine: compare the rows.

- Machine: ${machine}
- ${rounds} fresh processes of each implementation, in alternating order, driven by AWS's runtime clients
- Node.js ${process.versions.node}; packages of \`package.json\`, \`tools/bench/package.json\` and \`tools/bench/requirements.txt\`

${tables.join('\n\n')}

## Targets

${markdown(['', 'target', 'measured'], targets)}

## The stack

Time that validation, routing, errors, headers and the log line add to the use case called bare, in one process, on one connection:

${markdown(['', 'use case', 'the stack adds'], stack)}

${page.slice(page.indexOf('## Method'))}`
}
