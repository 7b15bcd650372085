import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chart } from './chart.ts'
import { ratio } from './figures.ts'
import type { Metrics, Table } from './functions.ts'
import { lineThrough } from './growth.ts'
import { names } from './names.ts'
import { report, targetRows } from './report.ts'
import type { Results } from './results.ts'

const same = (value: number): number[] => [value, value, value]
const metrics = (value: number): Metrics =>
  Object.fromEntries(
    ['ready', 'first', 'firstUpload', 'list', 'create', 'link', 'upload', 'memory', 'memoryLater'].map((metric) => [
      metric,
      same(value),
    ]),
  )
const table: Table = new Map([
  [names.empty, metrics(10)],
  [names.emptyPython, metrics(10)],
  [names.ours, metrics(20)],
  ['Express <adapter>', metrics(40)],
  [names.python, metrics(30)],
  [names.least, metrics(15)],
])
const points = [1, 2, 3].map((size) => ({ size, milliseconds: 5 + 2 * size, memory: 50 }))
const results: Results = {
  date: '2026-11-24',
  machine: 'two cores',
  versions: ['Node.js 24'],
  runtime: 'a client',
  pythonRuntime: 'another',
  rounds: 3,
  users: table,
  files: table,
  overhead: { bare: 100, added: 50 },
  overheads: {
    list: { bare: 100, added: 61 },
    create: { bare: 100, added: 50 },
    link: { bare: 100, added: 50 },
  },
  growth: { files: points, pages: points },
  tables: [{ where: 'last', few: 1, many: 1.5 }],
  throughput: { connections: 400, few: 300, bare: 200, ours: 190 },
  code: { rds: 1, s3: 1 },
}

test('a ratio is taken within each round, so that a machine that grows slower changes nothing', () => {
  const drifting: Table = new Map([
    [names.ours, { first: [10, 20, 40, 80] }],
    [names.python, { first: [20, 40, 80, 160] }],
    ['nobody', {}],
  ])
  assert.equal(ratio(drifting, 'first', names.python), 0.5)
  assert.equal(ratio(drifting, 'first', 'nobody'), undefined)
})

test('a line is told from a curve', () => {
  const { slope, intercept, deviation } = lineThrough(points, 'milliseconds')
  assert.deepEqual([slope, intercept, deviation < 1e-9], [2, 5, true])
  const square = [1, 2, 3, 4, 5].map((size) => ({ size, milliseconds: size ** 2, memory: 0 }))
  assert.ok(lineThrough(square, 'milliseconds').deviation > 0.05)
})

test('what is not reached is said to be not reached', () => {
  const verdicts = new Map(targetRows(results).map(([name, , , , holds]) => [name, holds]))
  assert.equal(verdicts.get('users: first answer, to Python'), 'yes')
  assert.equal(verdicts.get('users: GET, to Python'), '**no**')
  assert.equal(verdicts.get('users: the whole stack over the bare use case, µs'), '**no**')
})

test('the report has a row for everyone, and a bill without gaps', () => {
  const text = report(results)
  for (const name of table.keys()) assert.match(text, new RegExp(`^\\| ${name} \\|`, 'm'))
  assert.doesNotMatch(text, /NaN|undefined|Infinity/)
})

test('the chart tells its figures to those who cannot see it, and no bar leaves its half', () => {
  const svg = chart(results)
  assert.match(svg, /<desc[^>]*>[^<]*this project 20 ms, Express &lt;adapter&gt; 40 ms/)
  for (const [, x, width] of svg.matchAll(/<rect class="(?:ours|other|limit)" x="(\d+)" [^>]*width="([\d.]+)"/g)) {
    const half = Number(x) < 480 ? 464 : 936
    assert.ok(Number(x) + Number(width) < half)
  }
})
