/**
 * Test support for functions: events, calls through the handler, log lines, and a store or database for the file.
 *
 * ```ts
 * const store = await openStore()
 * process.env.NOTES_BUCKET = store.bucket
 * const { handler } = await import('./index.ts')
 *
 * test('a note is created', async () => {
 *   const answer = await invoke<{ note: Note }>(handler, { method: 'POST', resource: '/notes', json: { text: 'Milk' } })
 *   assert.deepEqual([answer.status, answer.body.note.text], [200, 'Milk'])
 * })
 * ```
 *
 * A module reads its environment when it is loaded: set variables first, then import the handler.
 */
import { randomUUID } from 'node:crypto'
import { mock, type TestContext } from 'node:test'
import type { APIGatewayProxyEvent, Context } from 'aws-lambda'
import type { DatabaseOptions } from './helpers/database.ts'

export { awsAt, serve } from './helpers/server.ts'

type Texts = Readonly<Record<string, string>>

export interface EventOptions {
  readonly method?: string
  /** Path template, e.g. `/users/{id}`. */
  readonly resource?: string
  readonly path?: Texts | null
  readonly query?: Texts | null
  readonly headers?: Texts | null
  /** Text, or bytes, sent in base64 as API Gateway does for binary media types. */
  readonly body?: string | Uint8Array | null
  /** JSON body, sent instead of `body` with its content type. */
  readonly json?: unknown
  /** Parts of a multipart body, sent instead of `body` with its content type. */
  readonly parts?: readonly PartOptions[]
}

/** Creates a complete event of a REST API's Lambda proxy integration (payload version 1). */
export function proxyEvent(options: EventOptions = {}): APIGatewayProxyEvent {
  const { method = 'GET', resource = '/', path = null, query = null, json, parts } = options
  const type = json === undefined ? parts && 'multipart/form-data; boundary=boundary' : 'application/json'
  const headers = options.headers === null ? null : { ...(type && { 'Content-Type': type }), ...options.headers }
  const body = json === undefined ? (parts ? encodeMultipart(parts) : (options.body ?? null)) : JSON.stringify(json)
  const requestPath = resource.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path?.[name] ?? ''))
  const many = (values: Texts | null) =>
    values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]))
  return {
    resource,
    path: requestPath,
    httpMethod: method,
    headers,
    multiValueHeaders: many(headers),
    queryStringParameters: query,
    multiValueQueryStringParameters: many(query),
    pathParameters: path,
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      authorizer: undefined,
      deploymentId: 'd1e2p3',
      domainName: 'a1b2c3d4e5.execute-api.ap-northeast-2.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      httpMethod: method,
      identity: { sourceIp: '192.0.2.1', userAgent: 'test' },
      path: `/default${requestPath}`,
      protocol: 'HTTP/1.1',
      requestId: randomUUID(),
      requestTime: '22/Nov/2026:10:00:00 +0000',
      requestTimeEpoch: 1795341600000,
      resourceId: 'r1e2s3',
      resourcePath: resource,
      stage: 'default',
    },
    body: body instanceof Uint8Array ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: body instanceof Uint8Array,
  } as unknown as APIGatewayProxyEvent
}

export interface PartOptions {
  readonly name: string
  /** Makes the part a file. */
  readonly filename?: string
  readonly contentType?: string
  readonly content: string | Uint8Array
}

/** Encodes a multipart/form-data body (RFC 7578); escapes quotes and backslashes. */
export function encodeMultipart(parts: readonly PartOptions[], boundary = 'boundary'): Buffer {
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  const chunks = parts.flatMap(({ name, filename, contentType, content }) => [
    `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}`,
    filename === undefined ? '' : `; filename=${quoted(filename)}`,
    contentType === undefined ? '' : `\r\nContent-Type: ${contentType}`,
    '\r\n\r\n',
    content,
    '\r\n',
  ])
  return Buffer.concat([...chunks, `--${boundary}--\r\n`].map((chunk) => Buffer.from(chunk as string)))
}

/** Creates the context of a Lambda handler. @param timeout remaining seconds. */
export function lambdaContext(timeout = 10): Context {
  const end = Date.now() + timeout * 1000
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'fn',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:ap-northeast-2:123456789012:function:fn',
    logGroupName: '/aws/lambda/fn',
    logStreamName: '2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef',
    memoryLimitInMB: '256',
    getRemainingTimeInMillis: () => end - Date.now(),
  } as Context
}

export type LogLine = Record<string, unknown>

export interface Answer<TBody = unknown> {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  /** Parsed JSON; `undefined` without a body. */
  readonly body: TBody
  /** Log lines of this request. */
  readonly lines: readonly LogLine[]
}

type Handler = (event: never, context: Context) => Promise<{ statusCode?: unknown; headers?: unknown; body?: unknown }>

let captured: LogLine[] | undefined

/** Calls a handler as Lambda does for one HTTP request. @typeParam TBody JSON that the test expects. */
export async function invoke<TBody = unknown>(
  handler: Handler,
  options: EventOptions,
  context = lambdaContext(),
): Promise<Answer<TBody>> {
  captured ??= captureLog({ mock })
  const { statusCode, headers, body } = await handler(proxyEvent(options) as never, context)
  return {
    status: Number(statusCode),
    headers: (headers ?? {}) as Answer['headers'],
    body: typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined,
    lines: captured.filter(({ requestId }) => requestId === context.awsRequestId),
  }
}

/** Collects JSON log lines instead of printing them until the test ends, or the file ends for `mock` of `node:test`. */
export function captureLog({ mock }: Pick<TestContext, 'mock'>): LogLine[] {
  const lines: LogLine[] = []
  const { stdout } = process
  const write = stdout.write.bind(stdout) as (...args: unknown[]) => boolean
  // The test runner also reports over standard output: other lines pass through.
  mock.method(stdout, 'write', (...args: unknown[]) => {
    const [chunk] = args
    if (typeof chunk !== 'string' || !chunk.startsWith('{"timestamp":')) return write(...args)
    lines.push(JSON.parse(chunk) as LogLine)
    return true
  })
  return lines
}

/** Starts an S3 store until the tests of the file end; functions imported afterwards use it. */
export async function openStore() {
  const { startTestStore } = await import('./helpers/store.ts')
  const server = await startTestStore()
  const { endpoint, bucket, accessKeyId, secretAccessKey } = server.store
  const credentials = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  Object.assign(process.env, { AWS_REGION: 'ap-northeast-2', AWS_ENDPOINT_URL_S3: endpoint, ...credentials })
  return { ...server, bucket }
}

/**
 * Creates an empty database until the tests of the file end: MariaDB, as in `make dev`. `make test` repeats the file on
 * MySQL if available. Functions imported afterwards connect to it by their `DB_…` variables.
 * @returns `rows` runs a statement in another session, `environment()` returns the database of another environment,
 * and `proxy` breaks the connections through it.
 */
export async function openDatabase(options?: DatabaseOptions) {
  return (await import('./helpers/database.ts')).openDatabase(options)
}
