/**
 * Test support for functions: an event, a call through the handler, its log lines, and a store or a database of the file's own.
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
 * A function reads its environment when its module is loaded, so set that first and import the handler afterwards.
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
  /** Text as it is; bytes in base64, as API Gateway sends them for binary media types. */
  readonly body?: string | Uint8Array | null
  /** JSON body, sent instead of `body` with its content type. */
  readonly json?: unknown
  /** Parts of a multipart body, sent instead of `body` with its content type. */
  readonly parts?: readonly PartOptions[]
}

/** The event that a REST API's Lambda proxy integration sends (payload version 1), with everything that AWS puts there. */
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

/** A multipart/form-data body, as RFC 7578 has it; quotes and backslashes are escaped. */
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

/** The second argument of a Lambda handler. @param timeout seconds that are left from now on. */
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
  /** The log lines of this request. */
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

/** Collects the functions' JSON log lines instead of printing them, until the test ends; with the mock of `node:test`, until the file ends. */
export function captureLog({ mock }: Pick<TestContext, 'mock'>): LogLine[] {
  const lines: LogLine[] = []
  const { stdout } = process
  const write = stdout.write.bind(stdout) as (...args: unknown[]) => boolean
  // The test runner reports over standard output too: anything but a log line passes through.
  mock.method(stdout, 'write', (...args: unknown[]) => {
    const [chunk] = args
    if (typeof chunk !== 'string' || !chunk.startsWith('{"timestamp":')) return write(...args)
    lines.push(JSON.parse(chunk) as LogLine)
    return true
  })
  return lines
}

/** An S3 store until the tests of the file are over. The AWS SDK of functions that are imported from now on calls it. */
export async function openStore() {
  const { startTestStore } = await import('./helpers/store.ts')
  const server = await startTestStore()
  const { endpoint, bucket, accessKeyId, secretAccessKey } = server.store
  const credentials = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  Object.assign(process.env, { AWS_REGION: 'ap-northeast-2', AWS_ENDPOINT_URL_S3: endpoint, ...credentials })
  return { ...server, bucket }
}

/**
 * An empty database until the tests of the file are over: MariaDB, as in `make dev`; `make test` runs the file again on MySQL where it can.
 * Functions that are imported from now on are connected to it by their variables `DB_…`.
 * @returns `rows`, of a statement in another session; `environment()`, the database as another execution environment has it; and `proxy`,
 * which breaks the connections that go through it.
 */
export async function openDatabase(options?: DatabaseOptions) {
  return (await import('./helpers/database.ts')).openDatabase(options)
}
