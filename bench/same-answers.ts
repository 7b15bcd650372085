import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type Contender, execute } from './execution.ts'
import { FILENAME } from './names.ts'
import type { Rivals } from './rivals.ts'
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
async function sameUsers(contender: Contender, stage: Stage): Promise<void> {
  const steps = [events.list, events.create].map((event) => ({ event, times: 1 }))
  const [list, create] = (await execute(contender, steps)).answers.map(parse)
  const users = Array.from({ length: ROWS }, (_, index) => ({ id: index + 1, name: `User ${index}`, age: index }))
  assert.deepEqual(list, { status: 200, body: { users, next: null } }, contender.name)
  const [rows] = await stage.connection.query('SELECT id, name, age FROM Users WHERE id > ?', [ROWS])
  const [user] = rows as unknown[]
  assert.deepEqual(create, { status: 200, body: { message: 'User created successfully!', user } }, contender.name)
  await stage.restore()
}

/** @throws Error where a contender stores a file otherwise than is measured. */
async function sameUploads(contender: Contender): Promise<void> {
  const [upload] = (await execute(contender, [{ event: events.upload, times: 1 }])).answers.map(parse)
  const etag = createHash('md5').update(fileOf(FILE_SIZE)).digest('hex')
  const file = { filename: FILENAME, size: FILE_SIZE, contentType: 'application/octet-stream', etag }
  assert.deepEqual(upload, { status: 200, body: { message: 'File uploaded!', file } }, contender.name)
}

/** @throws Error where a contender's links do not lead to the file. */
async function sameLinks(contender: Contender): Promise<void> {
  const [link] = (await execute(contender, [{ event: events.link, times: 1 }])).answers.map(parse) as [Answer]
  const { url, expiresIn } = link.body as { url: string; expiresIn: number }
  assert.equal(expiresIn, 3600, contender.name)
  const download = await fetch(url)
  assert.equal(download.headers.get('content-type'), 'application/octet-stream', contender.name)
  assert.match(download.headers.get('content-disposition') ?? '', /^attachment; filename=/, contender.name)
  assert.ok(fileOf(FILE_SIZE).equals(Buffer.from(await download.arrayBuffer())), `${contender.name}: other bytes`)
}

/** Nobody is measured who does not do the work. @throws Error that names the contender, and what it answered. */
export async function sameAnswers(users: Rivals, files: Rivals, stage: Stage): Promise<void> {
  for (const contender of users.whole) await sameUsers(contender, stage)
  for (const contender of [...files.whole, ...files.uploaders]) await sameUploads(contender)
  for (const contender of files.whole) await sameLinks(contender)
}
