import assert from 'node:assert/strict'
import { type Contender, execute } from './execution.ts'
import type { Stage } from './stage.ts'
import { events, FILE_SIZE, fileOf, ROWS } from './workload.ts'

interface Answer {
  readonly status: number
  readonly body: unknown
}

function parse(payload: string): Answer {
  const { statusCode, body } = JSON.parse(payload) as { statusCode: number; body: string }
  return { status: statusCode, body: JSON.parse(body) }
}

/** @throws Error where a contender lists or creates users otherwise than is measured. */
export async function sameUsers(contender: Contender, stage: Stage): Promise<void> {
  const steps = [events.list, events.create].map((event) => ({ event, times: 1 }))
  const [list, create] = (await execute(contender, steps)).answers.map(parse)
  const users = Array.from({ length: ROWS }, (_, index) => ({ id: index + 1, name: `User ${index}`, age: index }))
  assert.deepEqual(list, { status: 200, body: { users, next: null } }, contender.name)
  const [rows] = await stage.connection.query('SELECT id, name, age FROM users WHERE id > ?', [ROWS])
  const [user] = rows as unknown[]
  assert.deepEqual(create, { status: 200, body: { message: 'User created successfully!', user } }, contender.name)
  await stage.restore()
}

/** @throws Error where a contender stores or links files otherwise than is measured. */
export async function sameFiles(contender: Contender): Promise<void> {
  const steps = [events.upload, events.link].map((event) => ({ event, times: 1 }))
  const [upload, link] = (await execute(contender, steps)).answers.map(parse) as [Answer, Answer]
  assert.equal(upload.status, 200, contender.name)
  assert.equal((upload.body as { file: { size: number } }).file.size, FILE_SIZE, contender.name)
  const { url, expiresIn } = link.body as { url: string; expiresIn: number }
  assert.equal(expiresIn, 3600, contender.name)
  const download = await fetch(url)
  assert.equal(download.headers.get('content-type'), 'application/octet-stream', contender.name)
  assert.match(download.headers.get('content-disposition') ?? '', /^attachment; filename=/, contender.name)
  assert.ok(fileOf(FILE_SIZE).equals(Buffer.from(await download.arrayBuffer())), `${contender.name}: other bytes`)
}
