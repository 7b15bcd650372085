import { connect } from 'node:net'
import fc from 'fast-check'
import type { Sample } from '../../docs/samples.ts'

/** Timeout of a response, in milliseconds. */
const PATIENCE = 15_000
/** Milliseconds before the client closes its side: the server would wait for the rest of a truncated request. */
const END_AFTER = 2_000
/** Internal details: files, drivers, statements, addresses. */
const DETAIL =
  /node_modules|\.[jt]s:\d|ECONN|ER_[A-Z]|mysql2|\b127\.0\.0\.1|\n? at [A-Z]\w+\.|errno|sqlState|SELECT |INSERT /
/** Presigned URLs may contain an address. */
const LINK = /"https?:[^"]*"/g

/** Text that commonly breaks parsers, databases and stores. */
const JUNK = [
  ...['', '\r\n', '\r', '\n', '\0', '"', "'", '\\', '%', '%00', '%zz', '%ff', '..', '//', '\t', '=', ';', '[]', '{'],
  ...['null', '-1', '1e999', '9'.repeat(30), '\xff\xfe', '\xef\xbb\xbf', '\xed\xa0\x80', '{"__proto__":1}', 'a[]'],
  ...['--boundary', '; boundary=', '; charset=utf-7', "' OR 1=1 --", '<script>', '\\ud83d', 'A'.repeat(300)],
]
const junk = fc.oneof(fc.constantFrom(...JUNK), fc.string({ unit: 'binary', maxLength: 1 }))

/** Removes and inserts text in up to four places. */
const damage = fc.array(fc.tuple(fc.nat(999), fc.nat(20), junk), { minLength: 1, maxLength: 4 }).map(
  (edits) => (whole: string) =>
    edits.reduce((damaged, [thousandths, removed, inserted]) => {
      const start = Math.floor((thousandths / 1000) * damaged.length)
      return damaged.slice(0, start) + inserted + damaged.slice(start + removed)
    }, whole),
)

/** A request damaged in its path, headers or body, or anywhere; a damaged method alone reveals little. */
const damaged = (samples: readonly Sample[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...samples), fc.constantFrom('path', 'head', 'body', 'body', 'whole'), damage)
    .map(([{ method, path, headers, body }, place, apply]) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const parts = { path, head: lines.join(''), body: Buffer.from(body).toString('latin1') }
      if (place !== 'whole') parts[place] = apply(parts[place])
      const length = `Content-Length: ${parts.body.length}\r\nConnection: close\r\n\r\n`
      const whole = `${method} ${parts.path} HTTP/1.1\r\nHost: localhost\r\n${parts.head}${length}${parts.body}`
      return place === 'whole' ? apply(whole) : whole
    })

/**
 * Sends damaged requests derived from the seed, 16 at a time. Each must get a response below 500, without internal details.
 * @returns number of responses by status.
 * @throws Error with the smallest failing request.
 */
export async function sendDamaged(port: number, samples: readonly Sample[], seed: number, count: number) {
  const counts: Record<string, number> = {}
  const check = async (request: string) => {
    const answer = await send(port, request)
    const status = /^HTTP\/1\.1 ([1-4]\d\d)/.exec(answer)?.[1]
    if (status === undefined || DETAIL.test(answer.slice(answer.indexOf('\r\n\r\n')).replaceAll(LINK, '')))
      throw new Error(`answered ${JSON.stringify(answer.slice(0, 600))}`)
    counts[status] = (counts[status] ?? 0) + 1
  }
  const property = fc.asyncProperty(damaged(samples), check)
  const options = { numRuns: Math.ceil(count / 16), includeErrorInReport: true }
  await Promise.all(Array.from({ length: 16 }, (_, index) => fc.assert(property, { ...options, seed: seed + index })))
  return counts
}

/** Sends a request. @returns the response as far as received, or the connection error. */
async function send(port: number, request: string): Promise<string> {
  const signal = AbortSignal.timeout(PATIENCE)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, signal }).setEncoding('latin1')
  const ending = setTimeout(() => socket.end(), END_AFTER)
  socket.write(request, 'latin1')
  let answer = ''
  try {
    for await (const chunk of socket) answer += chunk
  } catch (error) {
    answer ||= String(error)
  }
  clearTimeout(ending)
  return answer
}
