import type { Layer } from './stack-order.ts'
import { arrow, caption, card, type Point, svg, type Tone, text, wrap } from './svg.ts'

/** What a step does on the way in and on the way out, and the statuses that arise there. */
interface Step {
  readonly title: string
  readonly in?: string
  readonly out?: string
  readonly statuses?: readonly number[]
}

/** What is said of each middleware, by its name in functions/http/stack.ts. */
const TEXTS: Readonly<Record<string, Partial<Step>>> = {
  requestLog: { in: 'starts the clock', out: 'writes one JSON line: route, status, duration, cause' },
  answerHeaders: { out: 'adds CORS, no-store and nosniff, to errors too' },
  httpErrorHandler: { out: 'renders the error as an answer' },
  errorAnswer: {
    out: 'gives every error its status; a fault of ours says nothing but its requestId',
    statuses: [500],
  },
  selectRoute: { in: 'finds the route, before anything of the body is looked at', statuses: [404, 405] },
  parseBody: { in: 'reads the body as the route says, JSON or a form', statuses: [413, 415, 422] },
  validate: { in: 'holds path, query, headers and body against the schemas', statuses: [422] },
  use: { title: 'the function’s own', in: 'rds: user and password, where a secret has them', statuses: [503] },
}

const GATEWAY: Step = {
  title: 'API Gateway',
  in: 'checks size, path, caller and rate, and makes an event of the request',
  out: 'makes an answer of the result',
  statuses: [400, 401, 403, 408, 413, 414, 429, 431, 500, 502, 504],
}
const ROUTE: Step = {
  title: 'route.handle',
  in: 'calls the use case, which asks MySQL or S3',
  out: 'answers 200 or 204',
  statuses: [404, 422, 503],
}

const WIDTH = 1020
const LEFT = 78
const RIGHT = 916
const COLUMN = { title: LEFT + 18, in: LEFT + 176, out: LEFT + 406, statuses: LEFT + 614 }
const TEXT_WIDTH = 214
const LINE = 18
const GAP = 12
/** Where a request goes down, and its answer up; and beside that, errors up to what answers them. */
const DOWN = 46
const UP = 974
const ERRORS = 944

/** Statuses that the picture shows, each where it arises. */
export const shownStatuses = (layers: readonly Layer[]): Set<number> =>
  new Set([GATEWAY, ROUTE, ...layers.map(stepOf)].flatMap(({ statuses = [] }) => statuses).concat(200, 204, TIMEOUT))

const TIMEOUT = 504

function stepOf({ name, phases }: Layer): Step {
  const step = TEXTS[name]
  if (!step) throw new Error(`Say in scripts/diagram/request.ts what the middleware ${name} does`)
  const acts = { in: phases.includes('before'), out: phases.includes('after') || phases.includes('onError') }
  if (acts.in !== (step.in !== undefined) || acts.out !== (step.out !== undefined))
    throw new Error(`${name} acts ${phases.join(', ')}, and scripts/diagram/request.ts says otherwise`)
  return { title: name, ...step }
}

/** The picture of a request's way through the middlewares. */
export function drawRequest(layers: readonly Layer[]): string {
  const parts: string[] = []
  const heads: [string, number][] = [
    ['on the way in', COLUMN.in],
    ['on the way out', COLUMN.out],
    ['errors that arise here', COLUMN.statuses],
  ]
  for (const [head, x] of heads)
    parts.push(text(head, [x, 102], { class: 'label', ...(x === COLUMN.statuses && { tone: 'wrong' }) }))
  let y = 112
  const draw = (step: Step, tone: Tone): { top: number; bottom: number; middle: number } => {
    const { height, drawn } = drawStep(step, tone, y)
    parts.push(...drawn)
    const place = { top: y, bottom: y + height, middle: y + height / 2 }
    y += height + GAP
    return place
  }
  const gateway = draw(GATEWAY, 'api')
  y += 30
  const frameTop = y - 26
  const places = layers.map((layer) => ({ layer, ...draw(stepOf(layer), 'function') }))
  const route = draw(ROUTE, 'data')
  const frameBottom = y + 6
  parts.unshift(
    `<rect class="frame" x="${LEFT - 14}" y="${frameTop}" width="${RIGHT - LEFT + 28}" height="${frameBottom - frameTop}" rx="12" style="fill:var(--zone)"/>`,
  )
  parts.push(
    text('the middy stack of both functions, functions/http/stack.ts', [LEFT, frameTop + 18], { class: 'label' }),
    text(`half a second before the function's time is up, whatever it waits for: ${TIMEOUT}`, [RIGHT, frameTop + 18], {
      class: 'label',
      anchor: 'end',
      tone: 'wrong',
    }),
  )

  // Down beside everything, and up again; errors as far as the layer that gives them their status.
  parts.push(
    arrow([
      [DOWN, gateway.top - 22],
      [DOWN, route.middle],
      [LEFT - 2, route.middle],
    ]),
    arrow([
      [RIGHT, route.middle],
      [UP, route.middle],
      [UP, gateway.top - 22],
    ]),
    text('request', [DOWN, gateway.top - 30], { class: 'label', anchor: 'middle' }),
    text('answer', [UP, gateway.top - 30], { class: 'label', anchor: 'middle' }),
  )
  const answered = places.find(({ layer }) => layer.name === 'errorAnswer')
  const raising = [
    ...places.filter(({ layer }) => layer.name !== 'errorAnswer' && stepOf(layer).statuses),
    { ...route, middle: route.middle - 14 },
  ]
  for (const { middle } of raising)
    parts.push(`<path class="edge" d="M${RIGHT} ${middle}H${ERRORS}" style="stroke:var(--wrong)"/>`)
  const lowest = raising.at(-1)?.middle ?? route.middle
  if (answered) {
    parts.push(
      arrow(
        [
          [ERRORS, lowest],
          [ERRORS, answered.middle],
          [RIGHT + 2, answered.middle],
        ],
        { tone: 'wrong' },
      ),
    )
  }
  return svg({
    title: 'A request’s way through the middy stack',
    description: describe(layers),
    width: WIDTH,
    height: frameBottom + 20,
    parts: [
      caption('A request’s way', [['down through the middlewares, and up again as an answer or an error', undefined]]),
      ...parts,
    ],
  })
}

function drawStep({ title, in: inwards = '', out = '', statuses = [] }: Step, tone: Tone, y: number) {
  const columns = [
    [inwards, COLUMN.in],
    [out, COLUMN.out],
  ] as const
  const rows = columns.map(([content]) => (content ? wrap(content, TEXT_WIDTH) : []))
  const chipRows = chips(statuses, [COLUMN.statuses, y])
  const lines = Math.max(1, ...rows.map(({ length }) => length))
  const height = Math.max(16 + lines * LINE, 14 + chipRows.rows * ROW)
  const first = (count: number) => y + height / 2 - ((count - 1) * LINE) / 2 + 4.5
  const shift = (height - chipRows.rows * ROW + 4) / 2
  return {
    height,
    drawn: [
      card({ x: LEFT, y, width: RIGHT - LEFT, height }, tone),
      text(title, [COLUMN.title, y + height / 2 + 5], { class: 'title' }),
      ...rows.flatMap((found, column) =>
        found.map((row, index) => text(row, [columns[column]?.[1] ?? 0, first(found.length) + index * LINE])),
      ),
      ...columns.flatMap(([content, x], column) =>
        content ? [text(column === 0 ? '↓' : '↑', [x - 16, y + height / 2 + 4.5], { tone: 'line' })] : [],
      ),
      ...chips(statuses, [COLUMN.statuses, y + shift]).drawn,
    ],
  }
}

const ROW = 24
const CHIP = { width: 34, height: 20, gap: 3, inRow: 6 }

/** Statuses, side by side. */
function chips(statuses: readonly number[], [x, y]: Point): { rows: number; drawn: string[] } {
  const drawn = statuses.map((status, index) => {
    const left = x + (index % CHIP.inRow) * (CHIP.width + CHIP.gap)
    const top = y + Math.floor(index / CHIP.inRow) * (CHIP.height + CHIP.gap)
    return `<rect x="${left}" y="${top}" width="${CHIP.width}" height="${CHIP.height}" rx="10" style="fill:none;stroke:var(--wrong)"/>${text(String(status), [left + CHIP.width / 2, top + 14.5], { class: 'label', anchor: 'middle', tone: 'wrong' })}`
  })
  return { rows: Math.ceil(statuses.length / CHIP.inRow), drawn }
}

function describe(layers: readonly Layer[]): string {
  const told = ({ title, in: inwards, out, statuses }: Step) =>
    [
      title,
      inwards && ` on the way in ${inwards}`,
      inwards && out && ';',
      out && ` on the way out ${out}`,
      statuses && ` (${statuses.join(', ')})`,
    ]
      .filter(Boolean)
      .join('')
  return `From top to bottom: ${[GATEWAY, ...layers.map(stepOf), ROUTE].map(told).join('. ')}. A function that runs out of time answers ${TIMEOUT}.`
}
