import assert from 'node:assert/strict'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { gone } from '../../process/process.ts'
import type { InvocationResult } from './environment.ts'
import { createFunction, type FunctionOptions, RequestTooLargeError } from './function.ts'

type Options = Partial<FunctionOptions> & Partial<FunctionOptions['wiring']> & { readonly file?: string }

/** Starts a function with this source for one test. */
function start(context: TestContext, source: string, options: Options = {}) {
  const { handler = 'index.handler', timeout = 10, environment = {}, file = 'index.js', ...more } = options
  const { path: taskRoot, remove } = mkdtempDisposableSync(join(tmpdir(), 'function-'))
  const write = (text: string) => writeFileSync(join(taskRoot, file), text)
  write(source)
  const wiring = { name: 'fn', handler, memorySize: 256, timeout, environment }
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const lambda = createFunction({ wiring, code: { type: 'bundle', taskRoot }, log, ...more })
  context.after(() => lambda.stop().then(remove))
  return Object.assign(lambda, { lines, write })
}

const doing = (body: string) => `exports.handler = async (event, context) => { ${body} }`
const WAIT = doing('return new Promise((done) => setTimeout(done, event.milliseconds, process.pid))')

const answerOf = (result: InvocationResult) => JSON.parse(result.payload)
/** Milliseconds for a process to exit. */
const SOON = 20_000

test("a function gets the event, Lambda's context and variables, isolated from this machine", async (context) => {
  process.env.OF_THIS_MACHINE = '1'
  const echo = doing('return { event, context, left: context.getRemainingTimeInMillis(), environment: process.env }')
  const lambda = start(context, echo, { environment: { HOST: 'db' }, timeout: 5 })
  const result = await lambda.invoke({ hello: '한국' })
  const { event, context: seen, left, environment } = answerOf(result)
  assert.deepEqual(event, { hello: '한국' })
  assert.ok(left > 3_000 && left <= 5_000)
  assert.partialDeepStrictEqual(seen, {
    ...{ awsRequestId: result.requestId, functionName: 'fn', functionVersion: '$LATEST', memoryLimitInMB: '256' },
    invokedFunctionArn: 'arn:aws:lambda:ap-northeast-2:123456789012:function:fn',
    ...{ logGroupName: '/aws/lambda/fn', xRayTraceId: environment._X_AMZN_TRACE_ID },
  })
  assert.match(seen.logStreamName, /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)
  // Node.js passes it to every child while it measures coverage.
  delete environment.NODE_V8_COVERAGE
  assert.deepEqual(Object.keys(environment).sort(), [
    ...['AWS_DEFAULT_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_LAMBDA_FUNCTION_NAME'],
    ...['AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME'],
    ...['AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_LAMBDA_RUNTIME_API', 'AWS_REGION', 'HOST', 'LAMBDA_RUNTIME_DIR'],
    ...['LAMBDA_TASK_ROOT', 'LANG', 'PATH', 'TZ', '_HANDLER', '_X_AMZN_TRACE_ID'],
  ])
})

const exited = '"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited'
const timedOut = '"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 0.50 seconds"'
const failures: [source: string, error: string, options?: Options][] = [
  [doing("throw new TypeError('boom')"), '{"errorType":"TypeError","errorMessage":"boom","trace":["TypeError: boom",'],
  ["exports.handler = () => { throw 'text' }", '{"errorType":"string","errorMessage":"text","trace":[]}'],
  [
    doing('return event.itself = event'),
    '"Runtime.JSONStringifyError","errorMessage":"Unable to stringify response body',
  ],
  [doing('process.exit(3)'), `${exited} with error: exit status 3"`],
  [doing("process.kill(process.pid, 'SIGKILL')"), `${exited} with error: signal: killed"`],
  [doing('void Promise.reject(event); await new Promise(() => {})'), `${exited} with error: exit status 1"`],
  [doing('await new Promise(() => {})'), `${exited} without providing a reason"`],
  [doing('await new Promise((done) => setTimeout(done, 60_000))'), timedOut, { timeout: 0.5 }],
  [doing('for (;;);'), timedOut, { timeout: 0.5 }],
  [doing("return 'x'.repeat(6_291_555)"), '(6291556 bytes).'],
  // From here on: init errors.
  ["throw new RangeError('cannot start')", '"RangeError","errorMessage":"cannot start'],
  ['process.exit(7)', `${exited} with error: exit status 7"`],
  ["require('absent')", '"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module '],
  ['exports.other = 1', '"Runtime.HandlerNotFound","errorMessage":"index.handler is undefined or not exported'],
  ['exports.handler = 1', '"Runtime.HandlerNotFound","errorMessage":"index.handler is not a'],
  ['exports.handler = (event, context, callback) => callback()', '"Runtime.CallbackHandlerDeprecated"'],
  [doing('return 1'), '"Runtime.MalformedHandlerName","errorMessage":"Bad handler', { handler: 'index' }],
]
describe('reports a function error as Lambda does, to each of two callers', { concurrency: 3 }, () => {
  for (const [source, error, options] of failures)
    test(source, async (context) => {
      const lambda = start(context, source, options)
      const results = [...(await Promise.all([lambda.invoke({}), lambda.invoke({})])), await lambda.invoke({})]
      for (const { payload, requestId, functionError } of results) {
        assert.equal(functionError, 'Unhandled')
        assert.ok(payload.replace(requestId, 'ID').includes(error), payload)
      }
    })
})

test('accepts a response of 6,291,556 bytes and an event of 6,291,456', async (context) => {
  const lambda = start(context, doing("return 'x'.repeat(6_291_554)"))
  const event = { text: 'x'.repeat(6_291_456 - '{"text":""}'.length) }
  const { payload, functionError } = await lambda.invoke(event)
  assert.deepEqual([payload.length, functionError], [6_291_556, undefined])
  await assert.rejects(lambda.invoke({ text: `${event.text}x` }), RequestTooLargeError)
})

test('reloads code, also after a syntax error, and a busy environment after its invocation', async (context) => {
  const lambda = start(context, doing('return 1'))
  assert.equal(answerOf(await lambda.invoke({})), 1)
  lambda.write('exports.handler = async () => {')
  lambda.reload()
  assert.match((await lambda.invoke({})).payload, /"Runtime.UserCodeSyntaxError"/)
  lambda.write(WAIT)
  lambda.reload()
  const pid: number = answerOf(await lambda.invoke({}))
  const busy = lambda.invoke({ milliseconds: 100 })
  lambda.write(doing('return 2'))
  lambda.reload()
  assert.equal(answerOf(await busy), pid)
  assert.ok(await gone(pid, SOON))
  assert.equal(answerOf(await lambda.invoke({})), 2)
})

test('runs an ES module as handler, also with top-level await', async (context) => {
  const source = "const answer = await 'ready'; export const handler = async () => answer"
  assert.equal(answerOf(await start(context, source, { file: 'index.mjs' }).invoke({})), 'ready')
})

test('repeats an init that times out, within the timeout of the invocation', async (context) => {
  const SLOW = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800); ${doing('return 1')}`
  const result = await start(context, SLOW, { initTimeout: 200 }).invoke({})
  assert.equal(answerOf(result), 1)
  assert.ok(result.duration >= 800)
  const hasty = start(context, SLOW, { initTimeout: 200, timeout: 0.3 })
  assert.equal(answerOf(await hasty.invoke({})).errorType, 'Sandbox.Timedout')
})

/** Answers with its process id, once every caller has reached a process. */
const GATHER = `const { readdirSync, writeFileSync } = require('node:fs')
exports.handler = async ({ folder, callers }) => {
  writeFileSync(folder + '/' + process.pid, '')
  while (readdirSync(folder).length < callers) await new Promise((resolve) => setTimeout(resolve, 10))
  return process.pid
}`

test('runs 20 concurrent invocations in an environment each, reused until the idle timeout', async (context) => {
  const lambda = start(context, GATHER, { idleTimeout: 500, timeout: 60 })
  const gather = async (callers: number) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'gather-'))
    const event = { folder: folder.path, callers }
    return await Promise.all(Array.from({ length: callers }, () => lambda.invoke(event)))
  }
  const first = await gather(20)
  const pids = first.map(answerOf)
  assert.equal(new Set(pids).size, 20)
  const [again] = await gather(1)
  assert.ok(again && pids.includes(answerOf(again)))
  assert.ok(first.every(({ initDuration }) => initDuration) && again.initDuration === undefined)
  for (const pid of pids) assert.ok(await gone(pid, SOON))
  const [cold] = await gather(1)
  assert.ok(cold && !pids.includes(answerOf(cold)))
})

test('queues callers in order above the maximum of environments', async (context) => {
  const lambda = start(context, WAIT, { maxEnvironments: 1 })
  const [order, pids] = [[] as number[], new Set<number>()]
  const call = async (place: number) => {
    pids.add(answerOf(await lambda.invoke({ milliseconds: 10 })))
    order.push(place)
  }
  await Promise.all([1, 2, 3, 4, 5].map(call))
  assert.deepEqual([order, pids.size], [[1, 2, 3, 4, 5], 1])
})

test('passes on printed lines unchanged', async (context) => {
  const print = `process.stdout.write('{"level":"info"}\\nsecond '); process.stdout.write('line\\n'); console.error('third')`
  const lambda = start(context, doing(print))
  assert.equal((await lambda.invoke({})).payload, 'null')
  while (lambda.lines.length < 3) await delay(5)
  assert.deepEqual(lambda.lines.toSorted(), ['second line', 'third', '{"level":"info"}'])
})

test('stop ends every process and rejects queued callers', async (context) => {
  const lambda = start(context, WAIT, { maxEnvironments: 1 })
  const pid: number = answerOf(await lambda.invoke({}))
  const refused = [1, 2].map(() => assert.rejects(lambda.invoke({ milliseconds: 60_000 }), /function fn is stopped/))
  await lambda.stop()
  assert.ok(await gone(pid, 0))
  await Promise.all(refused)
  await assert.rejects(lambda.invoke({}), /function fn is stopped/)
})
