/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (xorshift32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

interface Plain {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const JSON_TYPE = { 'Content-Type': 'application/json' }
const plain = (method: string, path: string, headers: Plain['headers'] = {}, body = ''): Plain => ({
  method,
  path: `/default${path}`,
  headers,
  body,
})
const FORM = [
  '--XbX\r\nContent-Disposition: form-data; name="filename"\r\n\r\nfolder/name.txt\r\n',
  '--XbX\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n',
  'hello \x00\xff\r\n--Xb\r\n world\r\n--XbX--\r\n',
].join('')

/** One of each kind of request that the program serves. */
const PLAIN: readonly Plain[] = [
  plain('GET', '/rds?limit=10&after=3'),
  plain('POST', '/rds', JSON_TYPE, '{"name":"Ada Lovelace","age":36}'),
  plain('POST', '/rds', { ...JSON_TYPE, 'Idempotency-Key': '8e03978e-40d5' }, '{"name":"Ada","age":36}'),
  plain('GET', '/rds/1'),
  plain('PUT', '/rds/2', JSON_TYPE, '{"name":"Grace","age":85}'),
  plain('DELETE', '/rds/3'),
  plain('GET', '/s3?filename=a%20b.txt&verify=true'),
  plain('GET', '/s3?filename=folder/x.html'),
  plain('POST', '/s3/uploads', JSON_TYPE, '{"filename":"big.bin","size":5000000000,"contentType":"video/mp4"}'),
  plain('POST', '/s3', { 'Content-Type': 'multipart/form-data; boundary=XbX' }, FORM),
  plain('OPTIONS', '/rds', { Origin: 'http://localhost' }),
]

/** What parsers, databases and stores have stumbled over. */
const JUNK = [
  ...['\r\n', '\r', '\n', '\0', '"', "'", '\\', '%', '%00', '%zz', '%ff', '..', '/', '//', ' ', '\t', '=', ';', '--'],
  ...['[]', '{}', '[', '{', 'null', '-1', '1e999', '9'.repeat(30), '0x10', '\xff\xfe', '\xef\xbb\xbf', '\xed\xa0\x80'],
  ...['__proto__', '{"__proto__":1}', 'constructor', 'a[]', 'name', 'age', 'file', 'filename', `${'$'}{filename}`],
  ...['--XbX', '--XbX--', '; boundary=', '; charset=utf-7', "' OR 1=1 --", '<script>', '\\ud83d', 'A'.repeat(300)],
]
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'TRACE', 'NONE']

/** The bytes of one request that is damaged somewhere: in its path, query, headers, body, method, or anywhere at all. */
export function mutation(random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(values: readonly T[]) => values[below(values.length)] as T
  const damageOnce = (text: string): string => {
    const at = below(text.length + 1)
    const end = at + below(Math.min(20, text.length - at + 1))
    const [start, middle, rest] = [text.slice(0, at), text.slice(at, end), text.slice(end)]
    const elsewhere = below(text.length + 1)
    return pick([
      () => start + rest,
      () => start + pick(JUNK) + middle + rest,
      () => start + pick(JUNK) + rest,
      () => start + middle + middle + rest,
      () => start + String.fromCharCode(below(256)) + rest,
      () => start + text.slice(elsewhere, elsewhere + middle.length) + middle + rest,
    ])()
  }
  const damage = (text: string): string => {
    let damaged = text
    for (let times = below(4); times >= 0; times--) damaged = damageOnce(damaged)
    return damaged
  }
  // What would end the line is damage of another kind: that of the whole.
  const damageLine = (text: string) => damage(text).replaceAll(/[\r\n]/g, '')
  const { method, path, headers, body } = pick(PLAIN)
  const [resource = '', query = 'filename=x'] = path.split('?')
  const header = pick([...Object.keys(headers), 'Accept', 'Idempotency-Key', 'X-Other'])
  const damaged = pick<() => string>([
    () => damage(toText({ method, path, headers, body })),
    () => toText({ method, path, headers, body: damage(body) }),
    () => toText({ method, path: damageLine(path).replaceAll(' ', ''), headers, body }),
    () => toText({ method, path: `${resource}?${damageLine(query).replaceAll(' ', '')}`, headers, body }),
    () => toText({ method, path, headers: { ...headers, [header]: damageLine(headers[header] ?? 'x') }, body }),
    () => toText({ method: pick(METHODS), path, headers, body: damage(body) }),
  ])()
  return Buffer.from(damaged, 'latin1')
}

/** In latin1, where a character is a byte. */
function toText({ method, path, headers, body }: Plain): string {
  const all = { Host: 'localhost', ...headers, 'Content-Length': String(body.length), Connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
