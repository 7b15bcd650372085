import { names } from './implementations.ts'
import { median } from './statistics.ts'
import type { Results } from './targets.ts'

const WIDTH = 960
const MARGIN = 24
const PANEL = 440
/** Room for names on the left and values on the right, in the widest of the usual fonts. */
const NAMES = 150
const VALUES = 76
const ROW = 24

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 14px; font-weight: 600 } .soft { fill: #59636e }
    .page { fill: #ffffff } .ours { fill: #1f6feb } .other { fill: #b1bac4 }
    @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .soft { fill: #9198a1 } .page { fill: #0d1117 } .ours { fill: #58a6ff } .other { fill: #4a535e } }`

type Bar = readonly [name: string, milliseconds: number]

const PANELS = [
  ['Start to first answer, users', 'Users', 'to first answer, ms'],
  ['Start to first upload', 'Files', 'to first upload, ms'],
  ['GET 100 users, warm', 'Users', 'GET 100 users, ms'],
  ['POST a file of 4 MB, warm', 'Files', 'POST 4 MB, ms'],
] as const

/** `results.svg`: a bar for each implementation, shorter is better, in the colours of the reader's system. */
export function chart({ tables }: Results): string {
  const panels = PANELS.map(([title, suite, column]) => {
    const bars = [...(tables[suite] ?? [])].map(([name, row]): Bar => [name, median(row[column] ?? [])])
    return { title, bars: bars.filter(([, value]) => !Number.isNaN(value)) }
  })
  const height = Math.max(...panels.map(({ bars }) => bars.length)) * ROW + 48
  const drawn = panels.map(({ title, bars }, index) =>
    draw(title, bars, MARGIN + (index % 2) * (WIDTH - 2 * MARGIN - PANEL), 56 + Math.floor(index / 2) * height),
  )
  const told = panels.map(
    ({ title, bars }) => `${title}: ${bars.map(([name, value]) => `${name} ${ms(value)}`).join(', ')}.`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${56 + 2 * height}" role="img" aria-labelledby="title description">
<title id="title">This project beside other ways to write the same functions; shorter is better</title>
<desc id="description">${told.join(' ')}</desc>
<style>${STYLE}
</style>
<rect class="page" width="100%" height="100%" rx="12"/>
<text class="soft" x="${MARGIN}" y="32">Medians of one interleaved run; shorter is better.</text>
${drawn.join('\n')}
</svg>
`
}

const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`

function draw(title: string, bars: readonly Bar[], x: number, y: number): string {
  const scale = (PANEL - NAMES - VALUES) / Math.max(...bars.map(([, value]) => value))
  const rows = bars.map(([name, value], index) => {
    const middle = y + 26 + index * ROW
    const width = Math.max(2, value * scale)
    return `<text x="${x + NAMES - 8}" y="${middle + 5}" text-anchor="end">${name}</text>
<rect class="${name === names.ours ? 'ours' : 'other'}" x="${x + NAMES}" y="${middle - 7}" width="${width.toFixed(1)}" height="15" rx="2"/>
<text x="${(x + NAMES + width + 6).toFixed(1)}" y="${middle + 5}">${ms(value)}</text>`
  })
  return [`<text class="title" x="${x}" y="${y}">${title}</text>`, ...rows].join('\n')
}
