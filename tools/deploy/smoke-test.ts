import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { request, type Send } from './caller.ts'
import type { Endpoints } from './endpoints.ts'

/** Always the same key: the files API deletes nothing, so each run replaces the file of the one before. */
const FILENAME = 'smoke-test.bin'
/** Milliseconds that a new stage or key may take until every one of the gateway's hosts knows it. */
const SETTLING = 30_000

export interface SmokeTestOptions {
  /** As one who may call the APIs. */
  readonly send: Send
  progress(text: string): void
  /** How long each call took, in a line for each API. */
  note?(text: string): void
}

/**
 * Uses both APIs as a client would: a file with all 256 bytes comes back as it was, a user is created, read and deleted.
 * @returns that, in a few words.
 * @throws Error with the request, and what was answered.
 */
export async function smokeTest({ rds, s3 }: Endpoints, { send, progress, note }: SmokeTestOptions): Promise<string> {
  progress('waiting for the APIs to answer')
  // Reads, which change nothing; a link is made without a look at the file.
  await Promise.all([settled(send, `${rds}?limit=1`), settled(send, `${s3}?filename=${FILENAME}`)])
  const [files, users] = await Promise.all([
    filesKeepTheirBytes(s3, { send, progress: (text) => progress(`files: ${text}`) }),
    usersComeAndGo(rds, { send, progress: (text) => progress(`users: ${text}`) }),
  ])
  note?.(`files: ${files}`)
  note?.(`users: ${users}`)
  return 'a file keeps its bytes; a user is created, read and deleted'
}

async function filesKeepTheirBytes(url: string, { send, progress }: SmokeTestOptions): Promise<string> {
  const took = stopwatch()
  // Twice, so that bytes that are only valid UTF-8 in this order are in it as well.
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => (index < 256 ? index : 511 - index))
  const body = new FormData()
  body.set('file', new Blob([bytes], { type: 'application/octet-stream' }), FILENAME)
  progress('uploading')
  await json(send, url, { method: 'POST', body }, 200)
  took('uploaded')
  progress('downloading')
  const { url: link } = await json(send, `${url}?filename=${FILENAME}`, {}, 200)
  took('linked')
  // The link is all that whoever has it needs.
  const response = await request(String(link))
  const downloaded = await response.bytes()
  if (response.status !== 200)
    throw new Error(`The presigned URL answered ${response.status}: ${new TextDecoder().decode(downloaded)}`)
  if (Buffer.compare(bytes, downloaded) !== 0)
    throw new Error(
      `${FILENAME} came back changed: are multipart/form-data still the binary media types of the files API?`,
    )
  return `${bytes.length} bytes, every value twice: ${took('downloaded')}`
}

async function usersComeAndGo(url: string, { send, progress }: SmokeTestOptions): Promise<string> {
  const took = stopwatch()
  const wanted = { name: 'Smoke Test 김', age: 42 }
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wanted) }
  progress('creating')
  const { user } = (await json(send, url, post, 200)) as { user: { id: number } }
  took('created')
  progress('reading')
  const read = await json(send, `${url}/${user.id}`, {}, 200)
  if (!isDeepStrictEqual(read, { user: { id: user.id, ...wanted } }))
    throw new Error(`The user came back changed: ${JSON.stringify(read)}`)
  took('read')
  progress('deleting')
  await answer(send, `${url}/${user.id}`, { method: 'DELETE' }, 204)
  took('deleted')
  await answer(send, `${url}/${user.id}`, {}, 404)
  return took('gone')
}

/** Tells, at each call, what has happened since the one before and how long it took; and all of that so far. */
function stopwatch(): (what: string) => string {
  let since = performance.now()
  const laps: string[] = []
  return (what) => {
    laps.push(`${what} ${Math.round(performance.now() - since)} ms`)
    since = performance.now()
    return laps.join(', ')
  }
}

/** Asks again until the gateway knows the stage, and who is asking: before that it answers 403, or not at all. */
export async function settled(send: Send, url: string, init: RequestInit = {}): Promise<void> {
  for (const deadline = Date.now() + SETTLING; Date.now() < deadline; ) {
    const status = await send(url, init).then(
      (response) => response.status,
      () => 0,
    )
    if (status !== 0 && status !== 403) return
    await setTimeout(500)
  }
}

async function json(send: Send, url: string, init: RequestInit, status: number): Promise<Record<string, unknown>> {
  const text = await answer(send, url, init, status)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${init.method ?? 'GET'} ${url} answered with something else than JSON: ${text.slice(0, 500)}`)
  }
}

async function answer(send: Send, url: string, init: RequestInit, status: number): Promise<string> {
  const response = await send(url, init)
  const text = await response.text()
  if (response.status === status) return text
  throw new Error(
    `${init.method ?? 'GET'} ${url} answered ${response.status}, not ${status}: ${text.slice(0, 500)}${advice(response.status)}`,
  )
}

/** What is mostly behind a status that a right deployment does not answer with. */
function advice(status: number): string {
  if (status === 502) return '\nThe function failed: make logs says why.'
  if (status === 503 || status === 504)
    return "\nThe function does not reach its database or bucket: does the database's security group let the function's in (port 3306)?"
  if (status === 401)
    return '\nThe API does not take this token: is it for JWT_AUDIENCE, of JWT_ISSUER or the user pool, and not expired?'
  if (status === 403)
    return '\nWho calls may not: execute-api:Invoke is missing (iam), the key is another one (api-key), or a scope is missing (jwt).'
  return ''
}
