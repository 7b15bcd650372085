/** An API that is about nothing of ours, with schemas of every kind: its description, and a server that keeps what it is sent. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

const text = (more: object = {}) => ({ type: 'string', ...more })
const json = (schema: object, more: object = {}) => ({ content: { 'application/json': { schema, ...more } } })
const path = (name: string) => ({ name, in: 'path', required: true, schema: text({ example: 't1' }) })
const thing = { $ref: '#/components/schemas/Thing' }
const operation = (operationId: string, summary: string, more: object = {}) => ({
  operationId,
  summary,
  responses: { 200: { description: 'Done.', ...json({ type: 'object' }) } },
  ...more,
})

export const things = () => ({
  openapi: '3.0.3',
  info: { title: 'Things', description: 'Things of **no** product.\n\nMore.' },
  servers: [{ url: 'http://127.0.0.1:3000/prod' }],
  paths: {
    '/things': {
      get: operation('listThings', 'List things', {
        'x-list': { items: 'rows', next: 'more', after: 'from' },
        parameters: [
          { name: 'size', in: 'query', schema: { type: 'integer', minimum: 1, default: 2 } },
          { name: 'from', in: 'query', schema: text() },
        ],
        responses: {
          200: { description: 'A page.', ...json({ properties: { rows: { type: 'array', items: thing }, more: {} } }) },
        },
      }),
      post: operation('addThing', 'Add a thing', {
        parameters: [{ name: 'Idempotency-Key', in: 'header', schema: text() }],
        requestBody: json({ $ref: '#/components/schemas/NewThing' }),
      }),
    },
    '/things/{thing}': {
      get: operation('readThing', 'Read a thing', { description: 'Read a thing.', parameters: [path('thing')] }),
      patch: operation('changeThing', 'Change a thing', {
        parameters: [path('thing')],
        requestBody: json({ $ref: '#/components/schemas/NewThing' }),
      }),
      delete: operation('removeThing', 'Remove a thing', { parameters: [path('thing')] }),
    },
    '/things/{thing}/picture': { get: operation('drawThing', 'Draw a thing', { parameters: [path('thing')] }) },
    '/pictures': {
      post: operation('sendPictures', 'Send pictures', {
        requestBody: {
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['pictures'],
                properties: { title: text(), pictures: { type: 'array', items: { type: 'string', format: 'binary' } } },
              },
            },
          },
        },
      }),
    },
    '/restart': { post: operation('restart', 'Restart') },
  },
  components: {
    schemas: {
      NewThing: {
        type: 'object',
        required: ['title', 'done', 'level'],
        properties: {
          title: text({ maxLength: 20, description: 'What it is called, e.g. `a`.' }),
          done: { type: 'boolean' },
          level: text({ enum: ['low', 'high'] }),
          count: { type: 'integer' },
          note: text({ nullable: true }),
          place: { type: 'object', required: ['city'], properties: { city: text(), zip: { type: 'integer' } } },
          tags: { type: 'array', items: text() },
          made: { type: 'string', readOnly: true },
        },
      },
      Thing: { allOf: [{ type: 'object', properties: { thing: text() } }, { $ref: '#/components/schemas/NewThing' }] },
    },
  },
})

/** An API that can only be read, by whoever has a key. */
export const clock = () => ({
  info: { title: 'Clock' },
  servers: [{ url: 'http://127.0.0.1:3000/prod' }],
  paths: { '/time': { get: operation('time', 'Tell the time', { security: [{ key: [] }] }) } },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Api-Key' } } },
})

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'

/** Answers calls of that API; rows and calls are there to be looked at. */
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
  // A call that is held up has no end.
  const handle = (...call: Parameters<typeof serve>) => void serve(...call).catch(() => call[1].destroy())
  return { rows, received, handle }
}
