/** Requests that a function answers with success while its compile cache is made, by image: one of each kind that callers send. */
export const requests: Readonly<Record<string, readonly object[]>> = {
  rds: [
    request('GET', '/rds', { query: { limit: '10', after: '0' } }),
    request('POST', '/rds', { json: { name: 'Ada', age: 36 } }),
    request('GET', '/rds/{id}', { path: { id: '1' } }),
    request('PUT', '/rds/{id}', { path: { id: '1' }, json: { name: 'Ada', age: 37 } }),
  ],
  s3: [
    request('GET', '/s3', { query: { filename: 'texts/a.txt' } }),
    request('POST', '/s3', { form: 'text/plain' }),
    request('POST', '/s3/uploads', { json: { filename: 'a.bin', size: 1, contentType: 'text/plain' } }),
  ],
}

interface Parts {
  readonly query?: Readonly<Record<string, string>>
  readonly path?: Readonly<Record<string, string>>
  readonly json?: object
  /** Content type of a file. */
  readonly form?: string
}

/** The event of a REST API's proxy integration, as far as the stack reads it. */
function request(httpMethod: string, resource: string, { query, path, json, form }: Parts): object {
  const type = json ? 'application/json' : 'multipart/form-data; boundary=boundary'
  const part = `--boundary\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: ${form}\r\n\r\ntext\r\n--boundary--\r\n`
  return {
    httpMethod,
    resource,
    path: resource,
    headers: json || form ? { 'content-type': type } : {},
    queryStringParameters: query ?? null,
    pathParameters: path ?? null,
    requestContext: { requestId: 'compile-cache', path: `/default${resource}` },
    body: json ? JSON.stringify(json) : form ? Buffer.from(part).toString('base64') : null,
    isBase64Encoded: form !== undefined,
  }
}
