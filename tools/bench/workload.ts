/** Bytes of the file that is uploaded. */
export const FILE_SIZE = 4_000_000
export const FILENAME = 'bench/file.bin'

/** Every byte value, in an order that nothing can compress. */
export function fileOf(size: number): Buffer {
  const file = Buffer.alloc(size)
  let state = 1
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    file[index] = state >>> 24
  }
  return file
}

interface Parts {
  readonly query?: Readonly<Record<string, string>>
  readonly contentType?: string
  readonly body?: string | Buffer
}

/** Bytes of a REST API's proxy event, made once: the function is measured, not this process. */
function event(httpMethod: string, resource: string, { query, contentType, body }: Parts = {}): Buffer {
  // In lower case, as HTTP/2 clients send them: the original reads no other.
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  const many = (values: object) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]))
  const fields = {
    resource,
    path: resource,
    httpMethod,
    headers,
    multiValueHeaders: many(headers),
    queryStringParameters: query ?? null,
    multiValueQueryStringParameters: query ? many(query) : null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      domainName: 'a1b2c3d4e5.execute-api.ap-northeast-2.amazonaws.com',
      httpMethod,
      identity: { sourceIp: '192.0.2.1', userAgent: 'bench' },
      path: `/default${resource}`,
      protocol: 'HTTP/1.1',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      requestTimeEpoch: 1795341600000,
      resourcePath: resource,
      stage: 'default',
    },
    body: body instanceof Buffer ? body.toString('base64') : (body ?? null),
    isBase64Encoded: body instanceof Buffer,
  }
  return Buffer.from(JSON.stringify(fields))
}

async function upload(size: number): Promise<Buffer> {
  const form = new FormData()
  form.set('filename', FILENAME)
  form.set('file', new Blob([fileOf(size)], { type: 'application/octet-stream' }), 'file.bin')
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const body = Buffer.from(await request.bytes())
  return event('POST', '/s3', { contentType: request.headers.get('content-type') ?? '', body })
}

export const events = {
  list: event('GET', '/rds'),
  create: event('POST', '/rds', { contentType: 'application/json', body: JSON.stringify({ name: 'Ada', age: 36 }) }),
  link: event('GET', '/s3', { query: { filename: FILENAME } }),
  upload: await upload(FILE_SIZE),
  largestUpload: await upload(4_500_000),
}
