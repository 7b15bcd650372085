import { connect } from 'node:net'
import { mutation, randomNumbers } from './mutations.ts'

export interface Mutated {
  /** Answers by status, or by what came in their place. */
  readonly counts: Record<string, number>
  /** Requests that were not answered as they should be, with what came. */
  readonly bad: readonly string[]
}

/** Milliseconds that an answer may take. */
const PATIENCE = 15_000
/** Milliseconds after which the server is told that no more comes: a request that was cut short waits for its rest. */
const END_AFTER = 2_000
/** What tells a caller of the inside: files, drivers, statements, addresses. A presigned URL holds an address by right. */
const DETAIL =
  /node_modules|\.[jt]s:\d|ECONN|ER_[A-Z]|mysql2|\b127\.0\.0\.1|\n? at [A-Z]\w+\.|errno|sqlState|SELECT |INSERT /

export interface MutateOptions {
  /** @default 16 */
  readonly clients?: number
  /** Called when half of them are sent. */
  onHalf?(): void
}

/** Sends `count` damaged requests, which follow from the seed. */
export async function mutate(port: number, seed: number, count: number, options: MutateOptions = {}): Promise<Mutated> {
  const { clients = 16, onHalf } = options
  const random = randomNumbers(seed)
  const counts: Record<string, number> = {}
  const bad: string[] = []
  let left = count
  const client = async () => {
    while (left > 0) {
      left -= 1
      if (left === Math.floor(count / 2)) onHalf?.()
      const request = mutation(random)
      const answer = await send(port, request)
      const outcome = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? answer
      counts[outcome] = (counts[outcome] ?? 0) + 1
      const body = answer.slice(answer.indexOf('\r\n\r\n'))
      const tells = !body.includes('"url":"http') && DETAIL.test(body)
      if (!/^[1-4]\d\d$/.test(outcome) || tells)
        bad.push(`${JSON.stringify(request.toString('latin1'))}\n  → ${JSON.stringify(answer.slice(0, 600))}`)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return { counts, bad }
}

/** All that comes back; `timeout`, `closed` or an error's code where nothing does. */
function send(port: number, request: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(request))
    const ending = setTimeout(() => socket.end(), END_AFTER)
    const timer = setTimeout(() => done('timeout'), PATIENCE)
    const done = (otherwise: string) => {
      clearTimeout(ending)
      clearTimeout(timer)
      socket.destroy()
      resolve(answer || otherwise)
    }
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    socket.on('end', () => done('closed'))
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
  })
}
