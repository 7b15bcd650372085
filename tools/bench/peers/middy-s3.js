import middy from '@middy/core'
import httpErrorHandler from '@middy/http-error-handler'
import httpMultipartBodyParser from '@middy/http-multipart-body-parser'
import { link, upload } from './files.js'
import { json } from './json.js'

const get = middy()
  .use(httpErrorHandler())
  .handler(async ({ queryStringParameters }) => json(200, await link(queryStringParameters.filename)))

const post = middy()
  .use(httpErrorHandler())
  .use(httpMultipartBodyParser())
  .handler(async ({ body: { filename, file } }) => json(200, await upload(filename, file.content, file.mimetype)))

export const handler = (event, context) => (event.httpMethod === 'GET' ? get : post)(event, context)
