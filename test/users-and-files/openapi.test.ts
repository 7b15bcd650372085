/** Answers of the running program, checked against its description. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { readSamples } from '../../tools/docs/samples.ts'
import { assertDescribed, readDescription } from '../helpers/openapi.ts'
import { startTestService, upload } from './helpers/service.ts'

const paths = { ...readDescription('rds').paths, ...readDescription('s3').paths }
const service = await startTestService(2)
after(service.stop)

/** Statuses described under `default`. */
const REFUSED_HTTP = [400, 408, 414, 431]

/** Sends a request, and checks the answer against the route's description. @returns the status. */
async function send(route: string, path = route.split(' ')[1], init: RequestInit = {}): Promise<number> {
  const [method = '', template = ''] = route.split(' ')
  const response = await fetch(`${service.base}${path}`, { ...init, method })
  const text = await response.text()
  const { responses } = paths[template][method.toLowerCase()]
  const described = responses[response.status] ?? (REFUSED_HTTP.includes(response.status) && responses.default)
  assert.ok(described, `${route} answered ${response.status}, which is not described: ${text}`)
  assertDescribed(route, described, response, text)
  return response.status
}

test('accepts each example request, and refuses other media types', async () => {
  // Creates first, then reads and changes, then deletes.
  const order = ['POST', 'GET', 'PUT', 'DELETE']
  const samples = (await readSamples()).sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method))
  for (const { route, method, path: staged, headers, body } of samples) {
    const path = staged.replace(/^\/\w+/, '')
    const status = await send(route, path, { headers, ...(method !== 'GET' && { body }) })
    assert.ok(status < 300, `${route}: ${status}`)
    const refused = { headers: { 'content-type': 'text/plain' }, body }
    if (body !== '') assert.equal(await send(route, path, refused), 415)
  }
})

describe('error responses', () => {
  const file = (bytes: number) => upload(Buffer.alloc(bytes))
  const cases: [number, string, string, string, RequestInit?][] = [
    [404, 'for a missing user', 'GET /rds/{id}', '/rds/404000'],
    [404, 'for a missing file', 'GET /s3', '/s3?filename=none&verify=true'],
    [413, 'from the function', 'POST /s3', '/s3', file(4_500_001)],
    [413, 'from Lambda', 'POST /s3', '/s3', file(6_000_000)],
    [413, 'from the gateway', 'POST /s3', '/s3', file(11_000_000)],
    [414, 'for a long path', 'GET /s3', `/s3?filename=${'x'.repeat(11_000)}`],
    [431, 'for long headers', 'GET /rds', '/rds', { headers: { x: 'x'.repeat(11_000) } }],
  ]
  for (const [status, what, route, path, init] of cases)
    test(`${status} ${what}`, async () => assert.equal(await send(route, path, init), status))

  test('500 without a table', async () => {
    const admin = await service.admin()
    await admin.query('RENAME TABLE Users TO gone')
    assert.equal(await send('GET /rds'), 500)
    await admin.query('RENAME TABLE gone TO Users')
    await admin.end()
  })

  test('503 while MySQL or S3 is down', async () => {
    await service.database.stop()
    await service.store.stop()
    assert.equal(await send('GET /rds'), 503)
    assert.equal(await send('POST /s3', '/s3', file(1)), 503)
  })
})
