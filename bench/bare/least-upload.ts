/**
 * The least that any client could do to upload: decode the base64, send the bytes once, signed, with the one checksum that S3
 * verifies them by. The body is not part of the signature, as S3 allows over TLS.
 */
import { createHash, createHmac } from 'node:crypto'
import { Agent, type IncomingMessage, request } from 'node:http'
import { crc32 } from 'node:zlib'
import type { APIGatewayProxyEvent } from 'aws-lambda'
import { fileOf } from './form.ts'

const {
  AWS_ENDPOINT_URL_S3 = '',
  AWS_ACCESS_KEY_ID = '',
  AWS_SECRET_ACCESS_KEY = '',
  AWS_REGION = '',
  BUCKET_NAME = '',
} = process.env
const endpoint = new URL(AWS_ENDPOINT_URL_S3)
const agent = new Agent({ keepAlive: true })

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

function signed(path: string, headers: Record<string, string>): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/${AWS_REGION}/s3/aws4_request`
  const all: Record<string, string> = {
    ...headers,
    host: endpoint.host,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': time,
  }
  const names = Object.keys(all).sort()
  const lines = names.map((name) => `${name}:${all[name]}\n`).join('')
  const canonical = ['PUT', path, '', lines, names.join(';'), 'UNSIGNED-PAYLOAD'].join('\n')
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`
  const signature = createHmac('sha256', scope.split('/').reduce<string | Buffer>(hmac, `AWS4${AWS_SECRET_ACCESS_KEY}`))
    .update(text)
    .digest('hex')
  const credential = `Credential=${AWS_ACCESS_KEY_ID}/${scope}`
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

const put = (path: string, content: Buffer, headers: Record<string, string>) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const { hostname, port } = endpoint
    request({ hostname, port, path, method: 'PUT', agent, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer))
    })
      .once('error', reject)
      .end(content)
  })

export const handler = async (event: APIGatewayProxyEvent) => {
  const { filename, content, contentType } = fileOf(event)
  const path = `/${BUCKET_NAME}/${filename}`
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(content))
  const headers = {
    'content-length': String(content.length),
    'content-type': contentType,
    'x-amz-checksum-crc32': checksum.toString('base64'),
  }
  const answer = await put(path, content, signed(path, headers))
  if (answer.statusCode !== 200) throw new Error(`S3 answered ${answer.statusCode}`)
  const file = { filename, size: content.length, contentType, etag: answer.headers.etag?.replaceAll('"', '') }
  return { statusCode: 200, body: JSON.stringify({ message: 'File uploaded!', file }) }
}
