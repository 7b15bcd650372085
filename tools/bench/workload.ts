import { randomBytes } from 'node:crypto'

/** Random, so nothing can compress it. */
const bytes = randomBytes(4_500_000)
/** File to upload: 4 MB. */
export const FILE = bytes.subarray(0, 4_000_000)
const filename = 'bench/file.bin'

/** Serializes a REST API's proxy event, once: only the function is measured. */
function event(httpMethod: string, path: string, more: object = {}): Buffer {
  const requestContext = {
    accountId: '123456789012',
    apiId: 'a1b2c3d4e5',
    domainName: 'a1b2c3d4e5.execute-api.ap-northeast-2.amazonaws.com',
    httpMethod,
    identity: { sourceIp: '192.0.2.1', userAgent: 'bench' },
    path: `/default${path}`,
    protocol: 'HTTP/1.1',
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    requestTimeEpoch: 1795341600000,
    resourcePath: path,
    stage: 'default',
  }
  const none = {
    ...{ headers: {}, multiValueHeaders: {}, queryStringParameters: null, multiValueQueryStringParameters: null },
    ...{ pathParameters: null, stageVariables: null, body: null, isBase64Encoded: false },
  }
  return Buffer.from(JSON.stringify({ ...none, resource: path, path, httpMethod, requestContext, ...more }))
}

/** In lower case, as HTTP/2 clients send it: the original does not read other spellings. */
const typed = (type: string) => ({ headers: { 'content-type': type }, multiValueHeaders: { 'content-type': [type] } })

async function upload(file: Buffer<ArrayBuffer>): Promise<Buffer> {
  const form = new FormData()
  form.set('filename', filename)
  form.set('file', new Blob([file], { type: 'application/octet-stream' }), 'file.bin')
  const sent = new Response(form)
  const body = Buffer.from(await sent.bytes()).toString('base64')
  return event('POST', '/s3', { ...typed(sent.headers.get('content-type') ?? ''), body, isBase64Encoded: true })
}

const query = { queryStringParameters: { filename }, multiValueQueryStringParameters: { filename: [filename] } }
export const events = {
  list: event('GET', '/rds'),
  create: event('POST', '/rds', { ...typed('application/json'), body: '{"name":"Ada","age":36}' }),
  link: event('GET', '/s3', query),
  upload: await upload(FILE),
  largestUpload: await upload(bytes),
}
