import busboy from 'busboy'
import { link, upload } from './files.js'
import { json } from './json.js'

const parse = (event) =>
  new Promise((resolve, reject) => {
    const form = {}
    const contentType = event.headers['content-type'] ?? event.headers['Content-Type']
    const parser = busboy({ headers: { 'content-type': contentType } })
    parser.on('field', (name, value) => {
      form[name] = value
    })
    parser.on('file', (_, stream, { mimeType }) => {
      const chunks = []
      stream.on('data', (chunk) => chunks.push(chunk))
      stream.on('end', () => Object.assign(form, { content: Buffer.concat(chunks), contentType: mimeType }))
    })
    parser.on('error', reject)
    parser.on('finish', () => resolve(form))
    parser.end(Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8'))
  })

export const handler = async (event) => {
  if (event.httpMethod === 'GET') return json(200, await link(event.queryStringParameters.filename))
  const { filename, content, contentType } = await parse(event)
  return json(200, await upload(filename, content, contentType))
}
