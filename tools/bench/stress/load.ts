import autocannon from 'autocannon'
import type { Request } from './requests.ts'

/**
 * Clients that send these requests one after the other, each on a connection of its own.
 * @param limit seconds, or requests of all clients together.
 */
export async function load(
  port: number,
  connections: number,
  samples: readonly Request[],
  limit: { readonly duration: number } | { readonly amount: number },
) {
  const requests = samples.map(({ method, route: _, ...rest }) => ({ method: method as 'GET', ...rest }))
  const url = `http://127.0.0.1:${port}`
  const {
    statusCodeStats = {},
    errors,
    ...result
  } = await autocannon({ url, connections, requests, timeout: 60, ...limit })
  const counts = Object.entries(statusCodeStats).map(([status, { count = 0 } = {}]): [string, number] => [
    status,
    count,
  ])
  /** Answers by status; `errors` are connections that broke, or that nothing came on for a minute. */
  const answers = Object.fromEntries(errors > 0 ? [...counts, ['errors', errors]] : counts) as Record<string, number>
  return { answers, ...result }
}
