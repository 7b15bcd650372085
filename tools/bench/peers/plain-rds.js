import { json } from './json.js'
import { create, isUser, list } from './users.js'

export const handler = async (event) => {
  if (event.httpMethod === 'GET') {
    const { limit, after } = event.queryStringParameters ?? {}
    return json(200, await list(limit, after))
  }
  const body = JSON.parse(event.body)
  return isUser(body) ? json(200, await create(body)) : json(422, { message: 'Invalid user' })
}
