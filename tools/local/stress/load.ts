import autocannon, { type Options } from 'autocannon'
import type { Sample } from '../../docs/samples.ts'

/**
 * Sends samples in turn, from each of the connections.
 * @returns answers by status, where `errors` counts broken connections and those silent for a minute; and autocannon's statistics.
 */
export async function load(port: number, samples: readonly Sample[], options: Partial<Options>) {
  const requests = samples.map(({ method, path, headers, body }) => ({ method: method as 'GET', path, headers, body }))
  const result = await autocannon({ url: `http://127.0.0.1:${port}`, requests, timeout: 60, ...options })
  const answers: Record<string, number> = result.errors > 0 ? { errors: result.errors } : {}
  for (const [status, { count = 0 } = {}] of Object.entries(result.statusCodeStats ?? {})) answers[status] = count
  return { ...result, answers }
}
