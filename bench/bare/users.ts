/** Our use cases on users without the stack around them: no validation, no errors, no log line. */
import type { APIGatewayProxyEvent } from 'aws-lambda'
import { json } from '../../functions/http/request.ts'
import { database } from '../../functions/rds/clients.ts'
import { createUsers } from '../../functions/rds/users.ts'

const users = createUsers(database)

export const handler = async ({ httpMethod, queryStringParameters, body }: APIGatewayProxyEvent) => {
  if (httpMethod === 'GET') {
    const { limit, after } = queryStringParameters ?? {}
    return json(200, await users.list({ limit: Number(limit ?? 100), after: Number(after ?? 0) }))
  }
  const user = await users.create(JSON.parse(body ?? ''))
  return json(200, { message: 'User created successfully!', user })
}
