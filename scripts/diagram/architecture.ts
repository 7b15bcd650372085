import { bottom, Canvas, type Column, GAP, heightOf, LINE, middle, right } from './canvas.ts'
import type { Architecture } from './model.ts'
import { arrow, caption, card, frame, svg, text, wrap } from './svg.ts'
import type { Thing } from './things.ts'

const WIDTH = 1020
/** Left edges and widths of the columns. */
const CALLER = { x: 20, width: 126 }
const REGION = { x: 158, width: 842 }
const API = { x: 176, width: 232 }
const FUNCTION = { x: 454, width: 196 }
const TARGET = { x: 736, width: 214 }
const VPC = { x: 424, width: 556 }
/** What stands around the functions: as wide as it needs, the names of policies being long. */
const AROUND = { gap: 14, widths: { role: 286 } as Readonly<Record<string, number>> }

/** Between security groups: an arrow with its port. */
const BETWEEN = 26

/** The picture of a deployment. */
export function drawArchitecture(architecture: Architecture): string {
  const { region, apis, authorizer, functions, secret, files, bucket, around } = architecture
  const [users, uploads] = apis
  if (!users || !uploads) throw new Error('scripts/diagram/ draws two REST APIs')
  const canvas = new Canvas()
  const top = 66
  let y = drawVpc(canvas, architecture, top + 36) + GAP + 4

  // Under the VPC: who verifies tokens, and the secret.
  const between = [authorizer && canvas.thing(authorizer, FUNCTION, y), secret && canvas.thing(secret, TARGET, y)]
  y = Math.max(y - GAP, ...between.filter((each) => each !== undefined)) + GAP

  const row: readonly (readonly [Thing, Column])[] = [
    [uploads, API],
    [files, FUNCTION],
    [bucket, TARGET],
  ]
  const tallest = Math.max(...row.map(([thing, { width }]) => heightOf(thing, width)))
  for (const [thing, column] of row) canvas.thing(thing, column, y + (tallest - heightOf(thing, column.width)) / 2)
  // Level with its function.
  canvas.thing(users, API, middle(canvas.place(functions.things[0]?.id ?? '')) - heightOf(users, API.width) / 2)

  const lane = y + tallest + 30
  const end = drawAround(canvas, around, lane + 22)
  const rect = { ...REGION, y: top, height: end + 18 - top }
  canvas.frames.unshift(frame(rect), text(`AWS · ${region}`, [REGION.x + 18, top + 24], { class: 'title' }))
  drawCallers(canvas, architecture, lane)
  drawEdges(canvas, architecture)
  return svg({
    title: 'Architecture of my_lambda',
    description: describe(architecture),
    width: WIDTH,
    height: bottom(rect) + 20,
    parts: [
      caption('my_lambda', [
        ['what is deployed, and ', undefined],
        ['what stands in for it in make dev', 'local'],
      ]),
      ...canvas.frames,
      ...canvas.edges,
      ...canvas.cards,
    ],
  })
}

/** Functions on the left, what they reach on the right. @returns the bottom. */
function drawVpc(canvas: Canvas, { vpc, functions, reached }: Architecture, y: number): number {
  const inside = y + 58
  let end = inside - BETWEEN
  for (const group of reached) end = canvas.group(group, TARGET, end + BETWEEN)
  end = canvas.group(functions, FUNCTION, inside, end) + GAP
  canvas.frames.unshift(
    frame({ ...VPC, y, height: end - y }, { fill: true }),
    text(vpc.title, [VPC.x + 18, y + 25], { class: 'title' }),
    text(vpc.subnets, [VPC.x + 18, y + 44]),
  )
  return end
}

function drawAround(canvas: Canvas, things: readonly Thing[], y: number): number {
  const { gap, widths } = AROUND
  const fixed = things.map(({ id }) => widths[id])
  const free = REGION.width - 36 - gap * (things.length - 1) - fixed.reduce<number>((sum, each = 0) => sum + each, 0)
  const width = free / fixed.filter((each) => each === undefined).length
  const columns = things.map(({ id }) => widths[id] ?? width)
  const height = Math.max(...things.map((thing, index) => heightOf(thing, columns[index] ?? width)))
  let x = REGION.x + 18
  things.forEach((thing, index) => {
    canvas.thing(thing, { x, width: columns[index] ?? width }, y, height)
    x += (columns[index] ?? width) + gap
  })
  return y + height
}

/** Callers, between both APIs; and the way of the links, around the functions. */
function drawCallers(canvas: Canvas, { apis, bucket, callers }: Architecture, lane: number): void {
  const [users, uploads] = apis.map(({ id }) => canvas.place(id))
  if (!users || !uploads) return
  const lines = ['browser, curl,', 'any HTTP client', ...wrap(callers, CALLER.width - 26)]
  const height = 44 + lines.length * LINE
  const rect = { ...CALLER, y: (middle(users) + middle(uploads) - height) / 2, height }
  canvas.cards.push(card(rect, 'caller'), text('Callers', [rect.x + 16, rect.y + 24], { class: 'title' }))
  lines.forEach((line, index) => {
    canvas.cards.push(text(line, [rect.x + 16, rect.y + 43 + index * LINE]))
  })
  const start = rect.x + rect.width / 2 + 20
  canvas.edges.push(
    arrow([
      [start, rect.y],
      [start, middle(users)],
      [users.x - 2, middle(users)],
    ]),
    arrow([
      [start, bottom(rect)],
      [start, middle(uploads)],
      [uploads.x - 2, middle(uploads)],
    ]),
  )
  const target = canvas.place(bucket.id)
  const [from, to] = [rect.x + rect.width / 2 - 20, target.x + target.width / 2]
  canvas.edges.push(
    arrow(
      [
        [from, bottom(rect) + 2],
        [from, lane],
        [to, lane],
        [to, bottom(target) + 2],
      ],
      { tone: 'file', dashed: true, both: true },
    ),
  )
  canvas.label(
    'presigned links: files of up to 5 GiB, straight to the bucket',
    [(API.x + FUNCTION.x + FUNCTION.width) / 2, lane - 8],
    'file',
  )
}

function drawEdges(canvas: Canvas, { edges, apis, authorizer, functions, files, bucket, secret }: Architecture): void {
  for (const { from, to, label = '' } of edges) {
    const [a, b] = [canvas.place(from), canvas.place(to)]
    if (to === secret?.id) {
      const x = b.x + b.width / 2
      canvas.edges.push(
        arrow([
          [x, bottom(a)],
          [x, b.y - 2],
        ]),
      )
    } else if (a.x === b.x) {
      // Under each other, as proxy and database.
      const x = a.x + a.width / 2
      canvas.edges.push(
        arrow([
          [x, bottom(a)],
          [x, b.y - 2],
        ]),
      )
      canvas.label(label, [x + 34, (bottom(a) + b.y) / 2 + 4])
    } else {
      const y = from === functions.id ? middle(b) : middle(a)
      canvas.edges.push(
        arrow([
          [right(a), y],
          [b.x - 2, y],
        ]),
      )
      if (label) canvas.label(label, [(right(a) + b.x) / 2, y - 7])
    }
  }
  const [a, b] = [canvas.place(files.id), canvas.place(bucket.id)]
  canvas.edges.push(
    arrow([
      [right(a), middle(b)],
      [b.x - 2, middle(b)],
    ]),
  )
  if (authorizer) {
    const target = canvas.place(authorizer.id)
    for (const { id } of apis) {
      const api = canvas.place(id)
      const x = api.x + api.width / 2
      const start = api.y < target.y ? bottom(api) : api.y
      canvas.edges.push(
        arrow(
          [
            [x, start],
            [x, middle(target)],
            [target.x - 2, middle(target)],
          ],
          { dashed: true },
        ),
      )
    }
    canvas.label('who is it?', [target.x - 60, middle(target) - 8])
  }
}

/** The picture in words, in the order in which a request goes. */
function describe({
  region,
  callers,
  apis,
  vpc,
  functions,
  reached,
  edges,
  secret,
  files,
  bucket,
  around,
}: Architecture): string {
  const named = ({ title, lines }: Thing) => `${title} (${lines.join('; ')})`
  const ports = edges.filter(({ from, label }) => from === functions.id && label).map(({ label }) => label)
  return [
    `In AWS, ${region}. Callers (${callers}) reach ${apis.map(named).join(' and ')}.`,
    `In ${vpc.title}, ${vpc.subnets}: ${functions.things.map(named).join(' and ')}; security groups let them reach ${reached.flatMap(({ things }) => things.map(named)).join(' and ')}, by ${ports.join(' and ')}.`,
    secret ? `The password is in ${named(secret)}.` : '',
    `Outside of it: ${named(files)} with ${named(bucket)}, which callers reach by presigned links, too.`,
    `Around them: ${around.map(named).join(', ')}.`,
  ]
    .filter(Boolean)
    .join(' ')
}
