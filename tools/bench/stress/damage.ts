import { connect } from 'node:net'
import fc from 'fast-check'
import { type Request, samples } from './requests.ts'

/** Milliseconds that an answer may take. */
const PATIENCE = 15_000
/** Milliseconds after which the server is told that no more comes: a request that was cut short waits for its rest. */
const END_AFTER = 2_000
/** What tells a caller of the inside: files, drivers, statements, addresses. A presigned URL holds an address by right. */
const DETAIL =
  /node_modules|\.[jt]s:\d|ECONN|ER_[A-Z]|mysql2|\b127\.0\.0\.1|\n? at [A-Z]\w+\.|errno|sqlState|SELECT |INSERT /

/** What parsers, databases and stores have stumbled over. */
const JUNK = [
  ...['', '\r\n', '\r', '\n', '\0', '"', "'", '\\', '%', '%00', '%zz', '%ff', '..', '/', '//', ' ', '\t', '=', ';'],
  ...['[]', '{}', '[', '{', 'null', '-1', '1e999', '9'.repeat(30), '0x10', '\xff\xfe', '\xef\xbb\xbf', '\xed\xa0\x80'],
  ...['__proto__', '{"__proto__":1}', 'constructor', 'a[]', 'name', 'file', 'filename', `${'$'}{filename}`],
  ...['--', '--boundary', '; boundary=', '; charset=utf-7', "' OR 1=1 --", '<script>', '\\ud83d', 'A'.repeat(300)],
]

/** Removes and inserts at up to four places. */
const damage = fc
  .array(
    fc.tuple(fc.nat(999), fc.nat(20), fc.oneof(fc.constantFrom(...JUNK), fc.string({ unit: 'binary', maxLength: 1 }))),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map(
    (edits) => (text: string) =>
      edits.reduce((damaged, [at, removed, inserted]) => {
        const start = Math.floor((at / 1000) * damaged.length)
        return damaged.slice(0, start) + inserted + damaged.slice(start + removed)
      }, text),
  )

/** A request with damage in its path, headers or body, or anywhere: that of a method alone says little. */
const damaged = fc
  .tuple(fc.constantFrom(...samples), fc.constantFrom(1, 2, 3, 3, 4), damage)
  .map(([request, part, apply]) => {
    const parts = partsOf(request).map((text, index) => (index === part ? apply(text) : text))
    const [method, path, headers, body = ''] = parts
    const text = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
    return part === parts.length ? apply(text) : text
  })

const partsOf = ({ method, path, headers, body }: Request) => [
  method,
  path,
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join(''),
  body,
]

/**
 * Sends damaged requests that follow from the seed, 16 at a time; each has to be answered, without a 5xx or a detail of the inside.
 * @returns answers by status.
 * @throws Error with the smallest request that is answered otherwise.
 */
export async function sendDamaged(port: number, seed: number, count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const check = async (request: string) => {
    const answer = await send(port, request)
    const status = /^HTTP\/1\.1 ([1-4]\d\d)/.exec(answer)?.[1]
    const body = answer.slice(answer.indexOf('\r\n\r\n'))
    if (status === undefined || (!body.includes('"url":"http') && DETAIL.test(body)))
      throw new Error(`answered ${JSON.stringify(answer.slice(0, 600))}`)
    counts[status] = (counts[status] ?? 0) + 1
  }
  const together = fc.array(damaged, { minLength: 1, maxLength: 31, size: 'max' })
  const property = fc.asyncProperty(together, async (requests) => {
    await Promise.all(requests.map(check))
  })
  await fc.assert(property, { seed, numRuns: Math.ceil(count / 16), includeErrorInReport: true })
  return counts
}

/** All that comes back, or an error's code. */
function send(port: number, request: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(request, 'latin1'))
    const ending = setTimeout(() => socket.end(), END_AFTER)
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error(), { code: 'nothing in time' })), PATIENCE)
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk
    })
    socket.on('end', () => socket.destroy())
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      answer ||= code
    })
    socket.on('close', () => {
      clearTimeout(ending)
      clearTimeout(timer)
      resolve(answer)
    })
  })
}
