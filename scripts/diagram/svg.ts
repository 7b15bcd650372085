/** Colours of light and dark: both have a ground of their own, for a page need not be as dark as its reader's system. */
const STYLE = `
svg{--ground:#ffffff;--frame:#d5dbe3;--ink:#1c2733;--soft:#526070;--line:#6b7a8c;--box:#f6f8fa;--zone:#fbfcfd;
--caller:#64748b;--api:#7c4dbd;--function:#c2691c;--data:#2364c4;--file:#2b7f4b;--guard:#a8344f;--around:#64748b;--local:#2b7f4b;--wrong:#b3403a}
@media(prefers-color-scheme:dark){svg{--ground:#10171f;--frame:#33404e;--ink:#e8edf3;--soft:#a3b0be;--line:#8896a6;--box:#1a232d;--zone:#141c25;
--caller:#94a3b8;--api:#b18ce8;--function:#e89a55;--data:#73a7f2;--file:#6cc28c;--guard:#ec7f97;--around:#94a3b8;--local:#6cc28c;--wrong:#f08b83}}
text{font-family:-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:13.5px;fill:var(--soft)}
.title{font-size:14.5px;font-weight:650;fill:var(--ink)}
.head{font-size:18px;font-weight:700;fill:var(--ink)}
.label{font-size:12.5px}
.edge{fill:none;stroke:var(--line);stroke-width:1.5}
.frame{fill:none;stroke:var(--frame);stroke-width:1.25}
.dashed{stroke-dasharray:5 4}
.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:12px}`

/** Where something is drawn. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Point = readonly [x: number, y: number]

/** A colour of the palette. */
export type Tone = 'caller' | 'api' | 'function' | 'data' | 'file' | 'guard' | 'around' | 'local' | 'wrong' | 'line'

/** Which sides of its text a coordinate names. */
type Anchor = 'start' | 'middle' | 'end'

export const escapeXml = (text: string): string => text.replaceAll(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Widths in em of a common sans serif, rounded up: the reader's own may be a little wider than another. */
const widthOf = (letter: string): number => {
  if (/[iljt.,:;'|!()[\]{} ·/]/.test(letter)) return 0.34
  if (/[mwMW@—→%]/.test(letter)) return 0.92
  return /[A-Z]/.test(letter) ? 0.68 : 0.56
}

/** About what a text takes, in pixels. */
export const textWidth = (text: string, size: number): number =>
  [...text].reduce((sum, letter) => sum + widthOf(letter), 0) * size

/** Lines that are no wider than `width`, broken at blanks. */
export function wrap(text: string, width: number, size = 13.5): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** The text, with an ellipsis where it is wider than `width`. */
export function shortened(content: string, width: number, size = 13.5): string {
  if (textWidth(content, size) <= width) return content
  let end = content.length
  while (end > 1 && textWidth(`${content.slice(0, end)}…`, size) > width) end -= 1
  return `${content.slice(0, end)}…`
}

export function text(
  content: string,
  [x, y]: Point,
  options: { class?: string; tone?: Tone; anchor?: Anchor } = {},
): string {
  const { class: name, tone, anchor } = options
  const attributes = [
    name && ` class="${name}"`,
    anchor && anchor !== 'start' && ` text-anchor="${anchor}"`,
    tone && ` style="fill:var(--${tone})"`,
  ]
  return `<text x="${x}" y="${y}"${attributes.filter(Boolean).join('')}>${escapeXml(content)}</text>`
}

/** A frame around things, with what it is. */
export const frame = ({ x, y, width, height }: Rect, options: { dashed?: boolean; fill?: boolean } = {}): string =>
  `<rect class="frame${options.dashed ? ' dashed' : ''}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${options.dashed ? 8 : 12}"${options.fill ? ' style="fill:var(--zone)"' : ''}/>`

/** A thing: its ground, and a stripe of its kind's colour. */
export const card = ({ x, y, width, height }: Rect, tone: Tone): string =>
  [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="7" style="fill:var(--box);stroke:var(--frame)"/>`,
    `<path d="M${x + 5} ${y}h-0a5 5 0 0 0-5 5v${height - 10}a5 5 0 0 0 5 5z" style="fill:var(--${tone})"/>`,
  ].join('')

/** A line along points with round corners, and an arrow at its end. */
export function arrow(
  points: readonly Point[],
  options: { tone?: Tone; dashed?: boolean; both?: boolean } = {},
): string {
  const { tone = 'line', dashed, both } = options
  const path = points.map(([x, y], index) => {
    const before = points[index - 1]
    const after = points[index + 1]
    if (!before) return `M${x} ${y}`
    if (!after) return `L${x} ${y}`
    const radius = 8
    const towards = ([tx, ty]: Point) => `${x + radius * Math.sign(tx - x)} ${y + radius * Math.sign(ty - y)}`
    return `L${towards(before)}Q${x} ${y} ${towards(after)}`
  })
  const ends = `${both ? ` marker-start="url(#${tone})"` : ''} marker-end="url(#${tone})"`
  return `<path class="edge${dashed ? ' dashed' : ''}" d="${path.join('')}" style="stroke:var(--${tone})"${ends}/>`
}

/** A picture's name, and what it shows. */
export const caption = (name: string, parts: readonly (readonly [text: string, tone: Tone | undefined])[]): string =>
  [
    `<text x="20" y="42"><tspan class="head">${escapeXml(name)}</tspan>`,
    ...parts.map(
      ([part, tone], index) =>
        `<tspan${index === 0 ? ' dx="16"' : ''}${tone ? ` style="fill:var(--${tone})"` : ''}>${escapeXml(part)}</tspan>`,
    ),
    '</text>',
  ].join('')

const marker = (tone: Tone) =>
  `<marker id="${tone}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 .8 9.2 5 0 9.2z" style="fill:var(--${tone})"/></marker>`

export interface Picture {
  readonly title: string
  /** All of it in words, for those who do not see it. */
  readonly description: string
  readonly width: number
  readonly height: number
  readonly parts: readonly string[]
}

export const svg = ({ title, description, width, height, parts }: Picture): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="description">${escapeXml(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<defs>${(['line', 'file', 'wrong', 'api'] as const).map(marker).join('')}</defs>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="12" style="fill:var(--ground);stroke:var(--frame)"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
