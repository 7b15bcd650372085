/** The users' stack, and its use cases without validation, errors and log line: in one bundle, on one connection. */
import type { APIGatewayProxyEvent } from 'aws-lambda'
import { json } from '../../functions/http/api-definition.ts'
import { toResponse } from '../../functions/http/routing.ts'
import { database } from '../../functions/rds/handler.ts'
import { createUsers } from '../../functions/rds/users.ts'

export { handler as stack } from '../../functions/rds/handler.ts'

const users = createUsers(database)

export const bare = async ({ httpMethod, body }: APIGatewayProxyEvent) => {
  if (httpMethod === 'GET') return toResponse(json(200, await users.list({ limit: 100, after: 0 })))
  const user = await users.create(JSON.parse(body ?? ''))
  return toResponse(json(200, { message: 'User created successfully!', user }))
}
