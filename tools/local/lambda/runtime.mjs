// @ts-check
// The bootstrap of an execution environment: loads the function, then polls the Runtime API for events.
// It follows AWS's own client for Node.js 24 (aws-lambda-ric 4), which does not handle uncaught errors either: the
// process exits with Node's message and status 1. Plain JavaScript, because type stripping would cost each
// environment 80 ms and 17 MB.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

// Importing `node:http` would also load its WebSocket: 14 MB and half of the start time.
/** @type {typeof import('node:http')} */
const { Agent, request } = createRequire(import.meta.url)('node:http')

/** @typedef {(event: unknown, context: object) => unknown} Handler */

const { AWS_LAMBDA_RUNTIME_API = '', _HANDLER = '', LAMBDA_TASK_ROOT = '' } = process.env
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** @param {string} name @param {string} message */
const runtimeError = (name, message) => Object.assign(new Error(message), { name: `Runtime.${name}` })

/**
 * Calls the Runtime API; exits if the connection fails, since no more invocations can come.
 * @param {'GET' | 'POST'} method @param {string} route @param {string} [body]
 * @returns {Promise<{ headers: import('node:http').IncomingHttpHeaders, body: string }>}
 */
function call(method, route, body) {
  return new Promise((resolve) => {
    const url = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/${route}`
    const headers =
      body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
    const call = request(url, { method, headers, agent }, async (response) => {
      const chunks = []
      for await (const chunk of response) chunks.push(chunk)
      resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() })
    })
    call.on('error', () => process.exit()).end(body)
  })
}

/** @param {unknown} error */
const formatError = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
    : { errorType: typeof error, errorMessage: String(error), trace: [] }

/**
 * Loads the handler that `_HANDLER` names, e.g. `index.handler`.
 * @returns {Promise<Handler>}
 */
async function loadHandler() {
  const [, name, exported] = /^([^.]+)\.(.+)$/.exec(_HANDLER) ?? []
  if (!name || !exported) throw runtimeError('MalformedHandlerName', 'Bad handler')
  const file = ['.js', '.mjs', '.cjs'].map((end) => path.resolve(LAMBDA_TASK_ROOT, name + end)).find(existsSync)
  if (!file) throw runtimeError('ImportModuleError', `Error: Cannot find module '${name}'`)
  let module
  try {
    module = createRequire(file)(file)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw Object.assign(runtimeError('UserCodeSyntaxError', String(error)), { stack: error.stack })
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'MODULE_NOT_FOUND') throw runtimeError('ImportModuleError', String(error))
    // An ES module with top-level await.
    if (code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error
    module = await import(pathToFileURL(file).href)
  }
  const handler = exported.split('.').reduce((value, key) => value?.[key], module)
  if (handler === undefined) throw runtimeError('HandlerNotFound', `${_HANDLER} is undefined or not exported`)
  if (typeof handler !== 'function') throw runtimeError('HandlerNotFound', `${_HANDLER} is not a function`)
  if (handler.length >= 3)
    throw runtimeError(
      'CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Make the handler async and return its answer.',
    )
  return handler
}

/** @param {import('node:http').IncomingHttpHeaders} headers */
const buildContext = (headers) => ({
  awsRequestId: String(headers['lambda-runtime-aws-request-id']),
  invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
  xRayTraceId: headers['lambda-runtime-trace-id'],
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
})

/** @param {unknown} value */
function serialize(value) {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? 'null'
  } catch {
    throw runtimeError('JSONStringifyError', 'Unable to stringify response body')
  }
}

/** @param {Handler} handler */
async function serveOne(handler) {
  const { headers, body } = await call('GET', 'invocation/next')
  const context = buildContext(headers)
  process.env._X_AMZN_TRACE_ID = String(context.xRayTraceId)
  try {
    const answer = serialize(await handler(JSON.parse(body), context))
    await call('POST', `invocation/${context.awsRequestId}/response`, answer)
  } catch (error) {
    console.error(error)
    await call('POST', `invocation/${context.awsRequestId}/error`, JSON.stringify(formatError(error)))
  }
}

async function main() {
  let handler
  try {
    handler = await loadHandler()
  } catch (error) {
    console.error(error)
    await call('POST', 'init/error', JSON.stringify(formatError(error)))
    process.exit(1)
  }
  while (true) await serveOne(handler)
}

// The parent holds the other end of stdin, so this process exits with it, even after SIGKILL. Unreferenced, stdin does not
// keep the process alive: as in Lambda, it exits if a handler awaits a promise that nothing can settle.
process.stdin
  .on('end', () => process.exit())
  .on('error', () => process.exit())
  .resume()
if ('unref' in process.stdin) process.stdin.unref()
void main()
