import { proxyEvent } from '../test/helpers/event.ts'
import { encodeMultipart, uploadEvent } from '../test/helpers/multipart.ts'
import { FILENAME } from './names.ts'

/** Rows that the table holds when a process starts. */
export const ROWS = 100
/** Bytes of the file that is uploaded. */
export const FILE_SIZE = 4_000_000

/** Every byte value, in no order that anything could shorten. */
export function fileOf(size: number): Buffer {
  const file = Buffer.alloc(size)
  let state = 1
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    file[index] = state >>> 24
  }
  return file
}

const upload = (size: number) =>
  uploadEvent(
    encodeMultipart([
      { name: 'filename', content: FILENAME },
      { name: 'file', filename: 'file.bin', contentType: 'application/octet-stream', content: fileOf(size) },
    ]),
  )

const bytes = (event: unknown) => Buffer.from(JSON.stringify(event))

/** Requests as the bytes of their events, made once: what is measured is the function, not this process. */
export const events = {
  list: bytes(proxyEvent({ resource: '/rds' })),
  create: bytes(
    proxyEvent({
      method: 'POST',
      resource: '/rds',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', age: 36 }),
    }),
  ),
  link: bytes(proxyEvent({ resource: '/s3', query: { filename: FILENAME } })),
  upload: bytes(upload(FILE_SIZE)),
  largestUpload: bytes(upload(4_500_000)),
}

export type Operation = keyof typeof events

export const page = (limit: number, after = 0): Buffer =>
  bytes(proxyEvent({ resource: '/rds', query: { limit: String(limit), after: String(after) } }))

export const uploadOf = (size: number): Buffer => bytes(upload(size))
