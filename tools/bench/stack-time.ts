/** Measures the overhead of the users' middy stack, in this process and on one connection. Import it after setting the function's variables. */
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

/** The use cases without validation, error handling and log line. */
async function bare({ httpMethod, body }: APIGatewayProxyEvent) {
  if (httpMethod === 'GET') return toResponse(json(200, await users.list({ limit: 100, after: 0 })))
  const user = await users.create(JSON.parse(body ?? ''))
  return toResponse(json(200, { message: 'User created successfully!', user }))
}

/** Median overhead of the stack in microseconds, for a GET of 100 users and for a POST. */
export async function measureStack() {
  const write = process.stdout.write
  // Log lines are built, but not written.
  process.stdout.write = () => true
  const added = { get: await addedTo(events.list), post: await addedTo(events.create) }
  process.stdout.write = write
  return added
}

async function addedTo(event: Buffer): Promise<number> {
  const times = new Map([stack, bare].map((handler) => [handler, [] as number[]]))
  for (let call = -WARM_UP; call < CALLS; call += 1)
    for (const [handler, durations] of call % 2 === 0 ? times : [...times].toReversed()) {
      // A fresh event: the stack modifies it.
      const own = JSON.parse(event.toString())
      const begun = performance.now()
      const { statusCode } = await handler(own, context as Context)
      if (statusCode !== 200) throw new Error(`${handler.name} answered ${statusCode}`)
      if (call >= 0) durations.push((performance.now() - begun) * 1000)
    }
  const [ofStack = Number.NaN, ofBare = Number.NaN] = [...times.values()].map(median)
  return ofStack - ofBare
}
