/** A neutral API with schemas of every kind: its description, and a server that stores requests. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import * as v from 'valibot'
import { filePart } from '../../functions/http/multipart/file-part.ts'
import { describedApi } from './described-api.ts'

const text = v.string()
const integer = v.pipe(v.number(), v.integer())
const newThing = v.object({
  title: v.pipe(text, v.maxLength(20), v.description('What it is called, e.g. `a`.')),
  done: v.boolean(),
  level: v.picklist(['low', 'high']),
  count: v.optional(integer),
  note: v.optional(v.nullable(text)),
  place: v.optional(v.object({ city: text, zip: v.optional(integer) })),
  tags: v.optional(v.array(text)),
})
const rows = v.array(v.object({ thing: text, ...newThing.entries }))
const path = v.object({ thing: v.pipe(text, v.examples(['t1'])) })
const page = v.object({ size: v.optional(v.pipe(integer, v.minValue(1)), 2), from: v.optional(text) })
const pictures = v.object({ title: v.optional(text), pictures: v.array(filePart) })
const body = { json: v.pipe(newThing, v.title('NewThing')) }
const operation = (operationId: string, summary: string) => ({ operationId, summary, answers: { 200: v.object({}) } })

export const things = () =>
  describedApi({
    'GET /things': {
      ...operation('listThings', 'List things'),
      list: { items: 'rows', next: 'more', after: 'from' },
      query: page,
      answers: { 200: v.object({ rows, more: v.nullable(integer) }) },
    },
    'POST /things': { ...operation('addThing', 'Add a thing'), body },
    'GET /things/{thing}': { ...operation('readThing', 'Read a thing'), path },
    'PATCH /things/{thing}': { ...operation('changeThing', 'Change a thing'), path, body },
    'DELETE /things/{thing}': { ...operation('removeThing', 'Remove a thing'), path },
    'GET /things/{thing}/picture': { ...operation('drawThing', 'Draw a thing'), path },
    'POST /pictures': { ...operation('sendPictures', 'Send pictures'), body: { multipart: pictures } },
    'POST /restart': operation('restart', 'Restart'),
  })

/** A read-only API, by default with an API key. */
export const clock = (method: object = { api_key_required: true }) =>
  describedApi({ 'GET /time': operation('time', 'Tell the time') }, method)

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'

/** Serves that API, and exposes its rows and calls. */
export function thingsServer() {
  const rows: Record<string, unknown>[] = []
  const received: { method: string; headers: IncomingHttpHeaders; body: string }[] = []
  let made = 0
  async function serve(request: IncomingMessage, response: ServerResponse) {
    const { method = '', url = '', headers } = request
    const bytes = await buffer(request)
    received.push({ method, headers, body: bytes.toString('latin1') })
    const answer = (status: number, json?: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(json && JSON.stringify(json))
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    const [, , resource, id] = pathname.split('/')
    const row = rows.find(({ thing }) => thing === id)
    if (resource === 'time' && headers['x-api-key'] !== 'k3y') return answer(403, { message: 'Forbidden' })
    if (pathname.endsWith('/picture')) return response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(PICTURE)
    if (resource !== 'things') return answer(200, { ok: true })
    if (id && !row) return answer(404, { message: `There is no ${id}` })
    if (method === 'GET' && row) return answer(200, { found: row })
    if (method === 'GET') {
      const from = Number(searchParams.get('from'))
      const to = from + Number(searchParams.get('size') ?? 2)
      return answer(200, { rows: rows.slice(from, to), more: to < rows.length ? to : null })
    }
    if (method === 'DELETE' && row) {
      rows.splice(rows.indexOf(row), 1)
      return answer(204)
    }
    const given = JSON.parse(bytes.toString())
    const problems = {
      title: !given.title && 'must not be empty',
      'place.zip': given.place?.zip > 99_998 && 'is too large',
      'tags.0': given.tags?.includes('') && 'must not be empty either',
      weather: given.title === 'odd' && 'is bad',
    }
    const errors = Object.entries(problems).flatMap(([path, message]) => (message ? { path, message } : []))
    if (errors.length > 0) return answer(422, { message: 'Invalid', errors })
    if (row) Object.assign(row, given)
    else rows.push({ thing: `t${++made}`, ...given })
    answer(200, { thing: row ?? rows.at(-1) })
  }
  // Reading the body of an aborted request rejects.
  const handle = (...call: Parameters<typeof serve>) => void serve(...call).catch(() => call[1].destroy())
  return { rows, received, handle }
}
