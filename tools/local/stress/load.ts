import autocannon from 'autocannon'
import type { Sample } from '../../docs/samples.ts'

/**
 * Sends samples in turn, from each of the connections.
 * @param limit seconds, or requests of all connections together.
 * @returns answers by status, where `errors` counts broken connections and those silent for a minute; and autocannon's statistics.
 */
export async function load(
  port: number,
  connections: number,
  samples: readonly Sample[],
  limit: { readonly duration: number } | { readonly amount: number },
) {
  const requests = samples.map(({ method, path, headers, body }) => ({ method: method as 'GET', path, headers, body }))
  const url = `http://127.0.0.1:${port}`
  const result = await autocannon({ url, connections, requests, timeout: 60, ...limit })
  const answers: Record<string, number> = result.errors > 0 ? { errors: result.errors } : {}
  for (const [status, { count = 0 } = {}] of Object.entries(result.statusCodeStats ?? {})) answers[status] = count
  return { ...result, answers }
}
