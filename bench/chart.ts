import type { Table } from './functions.ts'
import { names } from './names.ts'
import type { Results } from './results.ts'
import { median } from './statistics.ts'

interface Bar {
  readonly name: string
  readonly value: number
  readonly kind: 'ours' | 'other' | 'limit'
}

interface Panel {
  readonly title: string
  readonly unit: string
  readonly bars: readonly Bar[]
}

const WIDTH = 960
const MARGIN = 24
const GUTTER = 32
const PANEL = (WIDTH - 2 * MARGIN - GUTTER) / 2
const LABELS = 138
/** Room for a value behind the longest bar. */
const VALUES = 62
const ROW = 24
const HEAD = 118

const COLOURS = `
    .page { fill: #ffffff } .text { fill: #1f2328 } .soft { fill: #59636e } .ours { fill: #1f6feb } .other { fill: #b1bac4 } .limit { fill: none; stroke: #59636e; stroke-dasharray: 3 2 }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117 } .text { fill: #e6edf3 } .soft { fill: #9198a1 } .ours { fill: #58a6ff } .other { fill: #4a535e } .limit { stroke: #9198a1 }
    }`

/** `results.svg`: bars by contender, shorter is better, in the colours of the reader's system. */
export function chart({ users, files, date }: Results): string {
  const rows = [
    [
      panel('Start to first answer, users', 'ms', users, 'first'),
      panel('Start to first answer, a link', 'ms', files, 'first'),
    ],
    [panel('GET 100 users, warm', 'ms', users, 'list'), panel('POST a file of 4 MB, warm', 'ms', files, 'upload')],
    [
      panel('Memory, after 2,400 requests', 'MB', users, 'memory'),
      panel('Memory, a file of 4.5 MB', 'MB', files, 'memory'),
    ],
  ] as const
  let top = HEAD
  const drawn = rows.map((pair) => {
    const y = top
    top += Math.max(...pair.map(heightOf)) + 22
    return pair.map((each, column) => draw(each, MARGIN + column * (PANEL + GUTTER), y)).join('')
  })
  const height = top
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif" role="img" aria-labelledby="title description">
<title id="title">This project beside other ways to write the same functions; shorter is better</title>
<desc id="description">${rows.flat().map(tell).join(' ')}</desc>
<style>${COLOURS}
</style>
<rect class="page" width="${WIDTH}" height="${height}" rx="12"/>
<text class="text" x="${MARGIN}" y="38" font-size="20" font-weight="700">The same work, done by others</text>
<text class="soft" x="${MARGIN}" y="60" font-size="13">Medians of one interleaved run on one machine, ${date}. Shorter is better.</text>
${legend()}
${drawn.join('')}</svg>
`
}

function panel(title: string, unit: string, table: Table, metric: string): Panel {
  const bars = [...table].flatMap(([name, metrics]): Bar[] => {
    const values = metrics[metric] ?? []
    // The bare use case is our own code without its stack, and no one's alternative.
    if (values.length === 0 || name === names.bare || name === names.emptyPython) return []
    const limit = name === names.empty || name === names.least
    return [{ name, value: median(values), kind: name === names.ours ? 'ours' : limit ? 'limit' : 'other' }]
  })
  const order = { ours: 0, other: 1, limit: 2 }
  return { title, unit, bars: bars.sort((a, b) => order[a.kind] - order[b.kind]) }
}

const heightOf = ({ bars }: Panel) => 28 + bars.length * ROW

const text = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0))

function draw({ title, unit, bars }: Panel, x: number, y: number): string {
  const longest = Math.max(...bars.map(({ value }) => value))
  const scale = (PANEL - LABELS - VALUES) / longest
  const lines = bars.map(({ name, value, kind }, index) => {
    const middle = y + 28 + index * ROW + ROW / 2
    const weight = kind === 'ours' ? ' font-weight="700"' : ''
    const width = Math.max(2, value * scale)
    return `<text class="text" x="${x + LABELS - 10}" y="${middle + 4.5}" font-size="13" text-anchor="end"${weight}>${escaped(name)}</text>
<rect class="${kind}" x="${x + LABELS}" y="${middle - 7.5}" width="${width.toFixed(1)}" height="15" rx="2"/>
<text class="text" x="${(x + LABELS + width + 7).toFixed(1)}" y="${middle + 4.5}" font-size="12.5"${weight}>${text(value)} ${unit}</text>
`
  })
  return `<text class="text" x="${x}" y="${y + 12}" font-size="14.5" font-weight="600">${title}</text>\n${lines.join('')}`
}

function legend(): string {
  const entries = [
    ['ours', 'this project'],
    ['other', 'the alternatives'],
    ['limit', 'the limit: nothing but the platform, or the bytes sent'],
  ] as const
  let x = MARGIN
  return entries
    .map(([kind, label]) => {
      const at = x
      x += 40 + label.length * 6.8
      return `<rect class="${kind}" x="${at}" y="76" width="14" height="12" rx="2"/><text class="soft" x="${at + 19}" y="86.5" font-size="12.5">${label}</text>`
    })
    .join('\n')
}

const tell = ({ title, unit, bars }: Panel) =>
  `${title}: ${bars.map(({ name, value }) => `${escaped(name)} ${text(value)} ${unit}`).join(', ')}.`

const escaped = (name: string) => name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
