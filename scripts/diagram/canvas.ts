import type { Group } from './network.ts'
import { card, frame, type Point, type Rect, shortened, type Tone, text, textWidth, wrap } from './svg.ts'
import type { Thing } from './things.ts'

/** From one row of a card to the next. */
export const LINE = 18
/** From one thing to the next. */
export const GAP = 18
/** From a security group's frame to what is in it; above, for its name. */
const PADDING = 12
const NAME = 24

/** Where things stand under each other. */
export type Column = Pick<Rect, 'x' | 'width'>

/** Collects what is drawn: frames below lines, lines below cards. */
export class Canvas {
  readonly frames: string[] = []
  readonly edges: string[] = []
  readonly cards: string[] = []
  readonly #places = new Map<string, Rect>()

  /** Draws a thing with its top at `y`. @returns the bottom. */
  thing(thing: Thing, { x, width }: Column, y: number, height = heightOf(thing, width)): number {
    const { tone, title, lines, local } = fitted(thing, width)
    const rect = { x, y, width, height }
    this.#places.set(thing.id, rect)
    const row = (index: number): Point => [x + 16, y + 41 + index * LINE]
    const told = rowsOf(lines, width)
    this.cards.push(
      card(rect, tone),
      text(title, [x + 16, y + 22], { class: 'title' }),
      ...told.map((line, index) => text(line, row(index))),
      ...rowsOf(local ? [local] : [], width).map((line, index) =>
        text(line, row(told.length + index), { tone: 'local' }),
      ),
    )
    return y + height
  }

  /** Draws things under each other, in the frame of their security group, which ends no higher than `least`. @returns the bottom. */
  group({ id, name, things }: Group, column: Column, y: number, least = 0): number {
    let end = y + NAME - GAP
    for (const thing of things) end = this.thing(thing, column, end + GAP)
    const height = Math.max(end + PADDING, least) - y
    const rect = { x: column.x - PADDING, y, width: column.width + 2 * PADDING, height }
    const [only] = things
    // What is in no group is reached itself.
    this.#places.set(id, name === undefined && only ? this.place(only.id) : rect)
    if (name !== undefined) {
      const label = shortened(`SG ${name}`, column.width, 12.5)
      this.frames.push(frame(rect, { dashed: true }), text(label, [rect.x + 12, y + 17], { class: 'label' }))
    }
    return y + height
  }

  place(id: string): Rect {
    const rect = this.#places.get(id)
    if (!rect) throw new Error(`${id} is not drawn`)
    return rect
  }

  label(content: string, [x, y]: Point, tone?: Tone): void {
    this.cards.push(text(content, [x, y], { class: 'label', anchor: 'middle', ...(tone && { tone }) }))
  }
}

const rowsOf = (lines: readonly string[], width: number) =>
  lines.flatMap((line) => wrap(line, width - 26)).map((row) => shortened(row, width - 22))
/** What a card takes with all its rows. */
export function heightOf(thing: Thing, width: number): number {
  const { lines, local } = fitted(thing, width)
  return 34 + rowsOf(local ? [...lines, local] : lines, width).length * LINE + 5
}

/** A name that is too long for a title is the first line under it. */
function fitted(thing: Thing, width: number): Thing {
  const [kind = '', name] = thing.title.split(' · ')
  if (name === undefined || textWidth(thing.title, 14.5) * 1.04 <= width - 22) return thing
  return { ...thing, title: kind, lines: [name, ...thing.lines] }
}

export const middle = ({ y, height }: Rect) => y + height / 2
export const right = ({ x, width }: Rect) => x + width
export const bottom = ({ y, height }: Rect) => y + height
