/** What the users' stack adds to its use cases, both called in this process and on one connection. Imported once the function's variables are set. */
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import { json } from '../../functions/http/api-definition.ts'
import { toResponse } from '../../functions/http/routing.ts'
import { database, handler as stack } from '../../functions/rds/handler.ts'
import { createUsers } from '../../functions/rds/users.ts'
import { median } from './statistics.ts'
import { events } from './workload.ts'

const WARM_UP = 300
const CALLS = 2000
const context = { awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef', getRemainingTimeInMillis: () => 10_000 }
const users = createUsers(database)

/** Without validation, errors and log line. */
async function bare({ httpMethod, body }: APIGatewayProxyEvent) {
  if (httpMethod === 'GET') return toResponse(json(200, await users.list({ limit: 100, after: 0 })))
  const user = await users.create(JSON.parse(body ?? ''))
  return toResponse(json(200, { message: 'User created successfully!', user }))
}

/** Microseconds at the median of a call of the use case alone, and what the stack adds. */
export async function measureStack() {
  const write = process.stdout.write
  // Log lines are made, and written nowhere.
  process.stdout.write = () => true
  const list = { name: 'GET 100 users', ...(await compare(events.list)) }
  const create = { name: 'POST user', ...(await compare(events.create)) }
  process.stdout.write = write
  return [list, create]
}

/** Calls both in turn. */
async function compare(event: Buffer) {
  const timings = { stack: [] as number[], bare: [] as number[] }
  const calls = [
    [stack, timings.stack],
    [bare, timings.bare],
  ] as const
  for (let call = -WARM_UP; call < CALLS; call += 1)
    for (const [handler, times] of call % 2 === 0 ? calls : calls.toReversed()) {
      // The stack writes into its event, as nobody else will.
      const own = JSON.parse(event.toString())
      const begun = performance.now()
      const { statusCode } = await handler(own, context as Context)
      if (statusCode !== 200) throw new Error(`${handler.name} answered ${statusCode}`)
      if (call >= 0) times.push((performance.now() - begun) * 1000)
    }
  return { bare: median(timings.bare), added: median(timings.stack) - median(timings.bare) }
}
