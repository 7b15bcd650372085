import { arch, cpus, release, totalmem, type } from 'node:os'
import { median, spread } from './statistics.ts'
import type { Columns } from './suites.ts'
import { measured, type Results, rounded } from './targets.ts'

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows].map(line).join('\n')
}

/** Builds a table of medians by implementation, ± half the interquartile range. */
function tableOf(columns: Columns): string {
  const cell = (values: readonly number[]) =>
    Number.isNaN(median(values)) ? '–' : `${rounded(median(values))} ±${Math.round(spread(values) * 100)} %`
  const [first = {}] = Object.values(columns)
  const rows = Object.keys(first).map((name) => [
    name,
    ...Object.values(columns).map((column) => cell(column[name] ?? [])),
  ])
  return markdown(['', ...Object.keys(columns)], rows)
}

const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() || arch()}), ${memory}, ${type()} ${release()}`

/** Builds `RESULTS.md`: new results, followed by the page's own section “Method”. */
export function report(page: string, results: Results, rounds: number): string {
  const tables = Object.entries(results.columns).map(([title, columns]) => `## ${title}\n\n${tableOf(columns)}`)
  const targets = measured(results).map(({ name, limit, figure, missed }) => [
    name,
    `≤ ${limit}`,
    missed ? `**${figure}**` : figure,
  ])
  return `# Comparison with other implementations

Written by \`make bench\` on ${new Date().toISOString().slice(0, 10)}; edit only the method. Every figure is a median, ± half the interquartile range.
Milliseconds depend on the machine: compare the rows.

- Machine: ${machine}
- ${rounds} fresh processes of each implementation, in alternating order, driven by AWS's runtime clients
- Node.js ${process.versions.node}; packages of \`package.json\`, \`tools/bench/package.json\` and \`tools/bench/requirements.txt\`

${tables.join('\n\n')}

## Targets

${markdown(['', 'target', 'measured'], targets)}

${page.slice(page.indexOf('## Method'))}`
}
