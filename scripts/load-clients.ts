import { Agent, request } from 'node:http'

export interface Load {
  /** Answers by status, or by the code of the error in their place. */
  readonly counts: Record<string, number>
  /** Milliseconds, ascending. */
  readonly durations: readonly number[]
}

/** Milliseconds below which this part of the requests were answered. @param part 0–1. */
export const quantile = ({ durations }: Load, part: number): number =>
  durations[Math.min(durations.length - 1, Math.floor(durations.length * part))] ?? Number.NaN

/** Clients that read and write one after the other, each on a connection of its own, until `more` says no. */
export async function load(port: number, clients: number, more: (sent: number) => boolean): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const counts: Record<string, number> = {}
  const durations: number[] = []
  let sent = 0
  const client = async () => {
    while (more(sent)) {
      sent += 1
      const started = performance.now()
      const status = await call(port, agent, sent % 3 === 0)
      durations.push(performance.now() - started)
      counts[status] = (counts[status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  agent.destroy()
  return { counts, durations: durations.sort((a, b) => a - b) }
}

function call(port: number, agent: Agent, read: boolean): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, agent }
    const sending = read
      ? request({ ...options, path: '/default/rds?limit=20' })
      : request({ ...options, path: '/default/rds', method: 'POST', headers: { 'Content-Type': 'application/json' } })
    sending.on('response', (answer) => {
      answer.resume().on('end', () => resolve(String(answer.statusCode)))
      answer.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })
    sending.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    sending.end(read ? undefined : '{"name":"Load","age":36}')
  })
}
