import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import busboy from 'busboy'
import { link, upload } from './files.js'
import { json } from './json.js'

async function parse({ headers, body }) {
  const form = {}
  const parser = busboy({ headers })
  parser.on('field', (name, value) => {
    form[name] = value
  })
  parser.on('file', (_, stream, { mimeType }) =>
    Object.assign(form, { content: buffer(stream), contentType: mimeType }),
  )
  parser.end(Buffer.from(body, 'base64'))
  await once(parser, 'close')
  return form
}

export const handler = async (event) => {
  if (event.httpMethod === 'GET') return json(200, await link(event.queryStringParameters.filename))
  const { filename, content, contentType } = await parse(event)
  return json(200, await upload(filename, await content, contentType))
}
