import middy from '@middy/core'
import httpErrorHandler from '@middy/http-error-handler'
import httpJsonBodyParser from '@middy/http-json-body-parser'
import { json } from './json.js'
import { create, isUser, list } from './users.js'

const get = middy()
  .use(httpErrorHandler())
  .handler(async ({ queryStringParameters }) => {
    const { limit, after } = queryStringParameters ?? {}
    return json(200, await list(limit, after))
  })

const post = middy()
  .use(httpErrorHandler())
  .use(httpJsonBodyParser())
  .handler(async ({ body }) => (isUser(body) ? json(200, await create(body)) : json(422, { message: 'Invalid user' })))

export const handler = (event, context) => (event.httpMethod === 'GET' ? get : post)(event, context)
