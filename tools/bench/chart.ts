import { names } from './implementations.ts'
import { median } from './statistics.ts'
import { type Results, rounded } from './targets.ts'

/** Width of the names in the widest usual font, and of the longest bar; its value takes 76 more. */
const NAMES = 150
const BARS = 214
const ROW = 24

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-size: 14px; font-weight: 600 } .soft { fill: #59636e }
    .page { fill: #ffffff } .ours { fill: #1f6feb } .other { fill: #b1bac4 }
    @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .soft { fill: #9198a1 } .page { fill: #0d1117 } .ours { fill: #58a6ff } .other { fill: #4a535e } }`

const PANELS = [
  ['Start to first answer, users', 'Users', 'to first answer, ms'],
  ['Start to first upload', 'Files', 'to first upload, ms'],
  ['GET 100 users, warm', 'Users', 'GET 100 users, ms'],
  ['POST a file of 4 MB, warm', 'Files', 'POST 4 MB, ms'],
] as const

/** Draws `results.svg`: a bar per implementation, in light and dark colours. Shorter is better. */
export function chart(results: Results): string {
  const panels = PANELS.map(([title, suite, column]) => {
    const bars = Object.entries(results.columns[suite]?.[column] ?? {}).map(([name, values]) => ({
      name,
      value: median(values),
    }))
    const longest = Math.max(...bars.map(({ value }) => value))
    const rows = bars.map(({ name, value }, row) => {
      const width = Math.max(2, (value / longest) * BARS).toFixed(1)
      return `<g transform="translate(${NAMES} ${26 + row * ROW})">
<text x="-8" y="5" text-anchor="end">${name}</text>
<rect class="${name === names.ours ? 'ours' : 'other'}" y="-7" width="${width}" height="15" rx="2"/>
<text x="${width}" dx="6" y="5">${rounded(value)} ms</text>
</g>`
    })
    return [`<text class="title">${title}</text>`, ...rows]
  })
  const height = Math.max(...panels.map(({ length }) => length)) * ROW + 24
  const placed = panels.map((rows, index) => {
    const [x, y] = [index % 2 === 0 ? 24 : 496, 56 + Math.floor(index / 2) * height]
    return `<g transform="translate(${x} ${y})">\n${rows.join('\n')}\n</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 ${56 + 2 * height}" role="img">
<title>This project beside other ways to write the same functions; shorter is better</title>
<style>${STYLE}
</style>
<rect class="page" width="100%" height="100%" rx="12"/>
<text class="soft" x="24" y="32">Medians of one interleaved run; shorter is better.</text>
${placed.join('\n')}
</svg>
`
}
