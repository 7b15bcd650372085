import autocannon, { type Options } from 'autocannon'
import type { Sample } from '../../docs/samples.ts'

/**
 * Sends samples in turn on each connection.
 * @returns autocannon's statistics, and `answers`: responses by status; its `errors` counts broken connections and one-minute timeouts.
 */
export async function load(port: number, samples: readonly Sample[], options: Partial<Options>) {
  const requests = samples.map(({ method, path, headers, body }) => ({ method: method as 'GET', path, headers, body }))
  const result = await autocannon({ url: `http://127.0.0.1:${port}`, requests, timeout: 60, ...options })
  const answers: Record<string, number> = result.errors > 0 ? { errors: result.errors } : {}
  for (const [status, { count = 0 } = {}] of Object.entries(result.statusCodeStats ?? {})) answers[status] = count
  return { ...result, answers }
}
