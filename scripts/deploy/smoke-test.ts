import { isDeepStrictEqual } from 'node:util'
import type { Endpoints } from './endpoints.ts'

/** Always the same key: the files API deletes nothing, so each run replaces the file of the one before. */
const FILENAME = 'smoke-test.bin'
/** Milliseconds for one answer; the gateway gives up after 29 seconds. */
const TIMEOUT = 30_000
/** Milliseconds that a new stage may take until every one of the gateway's hosts knows it. */
const SETTLING = 30_000

/**
 * Uses both APIs as a client would: a file with all 256 bytes comes back as it was, a user is created, read and deleted.
 * @throws Error with the request, and what was answered.
 */
export async function smokeTest({ rds, s3 }: Endpoints, progress: (text: string) => void): Promise<void> {
  progress('waiting for the APIs to answer')
  await Promise.all([settled(rds), settled(s3)])
  await Promise.all([
    filesKeepTheirBytes(s3, (text) => progress(`files: ${text}`)),
    usersComeAndGo(rds, (text) => progress(`users: ${text}`)),
  ])
}

async function filesKeepTheirBytes(url: string, progress: (text: string) => void): Promise<void> {
  // Twice, so that bytes that are only valid UTF-8 in this order are in it as well.
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => (index < 256 ? index : 511 - index))
  const body = new FormData()
  body.set('file', new Blob([bytes], { type: 'application/octet-stream' }), FILENAME)
  progress('uploading')
  await json(url, { method: 'POST', body }, 200)
  progress('downloading')
  const { url: link } = await json(`${url}?filename=${FILENAME}`, {}, 200)
  const response = await request(String(link))
  const downloaded = await response.bytes()
  if (response.status !== 200)
    throw new Error(`The presigned URL answered ${response.status}: ${new TextDecoder().decode(downloaded)}`)
  if (Buffer.compare(bytes, downloaded) !== 0)
    throw new Error(
      `${FILENAME} came back changed: are multipart/form-data still the binary media types of the files API?`,
    )
}

async function usersComeAndGo(url: string, progress: (text: string) => void): Promise<void> {
  const wanted = { name: 'Smoke Test 김', age: 42 }
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wanted) }
  progress('creating')
  const { user } = (await json(url, post, 200)) as { user: { id: number } }
  progress('reading')
  const read = await json(`${url}/${user.id}`, {}, 200)
  if (!isDeepStrictEqual(read, { user: { id: user.id, ...wanted } }))
    throw new Error(`The user came back changed: ${JSON.stringify(read)}`)
  progress('deleting')
  await answer(`${url}/${user.id}`, { method: 'DELETE' }, 204)
  await answer(`${url}/${user.id}`, {}, 404)
}

/** A request that changes nothing, until the gateway knows the stage: before that it answers 403, or not at all. */
export async function settled(url: string): Promise<void> {
  for (const deadline = Date.now() + SETTLING; Date.now() < deadline; ) {
    const status = await request(url, { method: 'OPTIONS' }).then(
      (response) => response.status,
      () => 0,
    )
    if (status !== 0 && status !== 403) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function json(url: string, init: RequestInit, status: number): Promise<Record<string, unknown>> {
  const text = await answer(url, init, status)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${init.method ?? 'GET'} ${url} answered with something else than JSON: ${text.slice(0, 500)}`)
  }
}

async function answer(url: string, init: RequestInit, status: number): Promise<string> {
  const response = await request(url, init)
  const text = await response.text()
  if (response.status === status) return text
  throw new Error(
    `${init.method ?? 'GET'} ${url} answered ${response.status}, not ${status}: ${text.slice(0, 500)}${advice(response.status)}`,
  )
}

export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) }).catch((error: Error) => {
    const cause = error.cause instanceof Error ? error.cause.message : error.message
    throw new Error(`${init.method ?? 'GET'} ${url} got no answer: ${cause}`)
  })
}

/** What is mostly behind a status that a right deployment does not answer with. */
function advice(status: number): string {
  if (status === 502) return '\nThe function failed: its log group in CloudWatch says why.'
  if (status === 503 || status === 504)
    return "\nThe function does not reach its database or bucket: does the database's security group let the function's in (port 3306)?"
  if (status === 403) return '\nThe API wants authorization, or does not have this route.'
  return ''
}
