import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { commandOf } from '../../process/process.ts'
import type { InvocationResult } from './environment.ts'
import { createFunction, type FunctionOptions, RequestTooLargeError } from './function.ts'

const FIXTURES = path.join(import.meta.dirname, 'fixtures')

/** A function that is stopped after the test. */
function start(
  context: TestContext,
  handler: string,
  more: Partial<FunctionOptions> & Partial<FunctionOptions['wiring']> = {},
) {
  const { timeout = 10, environment = {}, ...options } = more
  const wiring = { name: 'fn', handler, memorySize: 256, timeout, environment }
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const code = { type: 'bundle', taskRoot: FIXTURES } as const
  const lambda = createFunction({ wiring, code, log, ...options })
  context.after(() => lambda.stop())
  return Object.assign(lambda, { lines })
}

const answerOf = (result: InvocationResult) => JSON.parse(result.payload)
const isAlive = (pid: number) => commandOf(pid) !== undefined

/** Settles once it is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(5)
}

test("a function sees its event, Lambda's context and Lambda's variables, and nothing of this machine", async (context) => {
  process.env.OF_THIS_MACHINE = '1'
  const lambda = start(context, 'behaviours.echo', { environment: { HOST: 'db' }, timeout: 5 })
  const result = await lambda.invoke({ hello: '한국' })
  const { event, context: seen, remaining, environment } = answerOf(result)
  assert.deepEqual(event, { hello: '한국' })
  assert.ok(remaining > 3_000 && remaining <= 5_000)
  const { awsRequestId, functionName, functionVersion, memoryLimitInMB, logGroupName } = seen
  assert.deepEqual(
    [awsRequestId, functionName, functionVersion, memoryLimitInMB, logGroupName],
    [result.requestId, 'fn', '$LATEST', '256', '/aws/lambda/fn'],
  )
  assert.match(seen.logStreamName, /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)
  assert.equal(seen.invokedFunctionArn, 'arn:aws:lambda:ap-northeast-2:123456789012:function:fn')
  assert.equal(environment._X_AMZN_TRACE_ID, seen.xRayTraceId)
  // Node.js gives it to every child while it measures coverage.
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
const failures: [handler: string, event: object, error: string, timeout?: number][] = [
  ['behaviours.fail', {}, '{"errorType":"TypeError","errorMessage":"boom","trace":["TypeError: boom","    at '],
  ['behaviours.failSynchronously', {}, '{"errorType":"string","errorMessage":"text","trace":[]}'],
  ['behaviours.circular', {}, '"Runtime.JSONStringifyError","errorMessage":"Unable to stringify response body"'],
  ['behaviours.exit', { status: 3 }, `${exited} with error: exit status 3"`],
  ['behaviours.exit', { status: 0 }, `${exited} without providing a reason"`],
  ['behaviours.kill', {}, `${exited} with error: signal: killed"`],
  ['behaviours.rejectUnhandled', {}, `${exited} with error: exit status 1"`],
  ['behaviours.hang', {}, `${exited} without providing a reason"`],
  ['behaviours.wait', { milliseconds: 60_000 }, timedOut, 0.5],
  ['behaviours.spin', {}, timedOut, 0.5],
  ['behaviours.large', { bytes: 6_291_557 }, '(6291556 bytes).'],
  // From here on at the start, which each caller is told.
  ['fails-at-start.handler', {}, '"RangeError","errorMessage":"cannot start'],
  ['exits-at-start.handler', {}, `${exited} with error: exit status 7"`],
  ['needs-a-module.handler', {}, '"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module '],
  ['behaviours.absent', {}, '"Runtime.HandlerNotFound","errorMessage":"behaviours.absent is undefined or not exported'],
  ['behaviours.notAFunction', {}, '"Runtime.HandlerNotFound","errorMessage":"behaviours.notAFunction is not a'],
  ['behaviours.callback', {}, '"Runtime.CallbackHandlerDeprecated"'],
  ['behaviours', {}, '"Runtime.MalformedHandlerName","errorMessage":"Bad handler'],
]
describe('a function error is reported as Lambda does, to each of two callers', { concurrency: 3 }, () => {
  for (const [handler, event, error, timeout = 10] of failures)
    test(`${handler} ${JSON.stringify(event)}`, async (context) => {
      const lambda = start(context, handler, { timeout })
      const results = [...(await Promise.all([lambda.invoke(event), lambda.invoke(event)])), await lambda.invoke(event)]
      for (const { payload, requestId, functionError } of results) {
        assert.equal(functionError, 'Unhandled')
        assert.ok(payload.replace(requestId, 'ID').includes(error), payload)
      }
    })
})

test('an answer may have 6,291,556 bytes, an event 6,291,456', async (context) => {
  const { payload, functionError } = await start(context, 'behaviours.large').invoke({ bytes: 6_291_556 })
  assert.equal(functionError, undefined)
  assert.equal(payload.length, 6_291_556)
  const lambda = start(context, 'behaviours.print')
  const event = { text: 'x'.repeat(6_291_456 - '{"text":""}'.length) }
  assert.equal((await lambda.invoke(event)).payload, 'null')
  await assert.rejects(lambda.invoke({ text: `${event.text}x` }), RequestTooLargeError)
})

test('new code takes effect on reload, after a syntax error too, and for a busy environment after its invocation', async (context) => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'function-'))
  const taskRoot = folder.path
  const write = (source: string) => writeFileSync(path.join(taskRoot, 'index.js'), source)
  write('exports.handler = async () => 1')
  const lambda = start(context, 'index.handler', { code: { type: 'bundle', taskRoot } })
  assert.equal(answerOf(await lambda.invoke({})), 1)
  write('exports.handler = async () => {')
  lambda.reload()
  assert.match((await lambda.invoke({})).payload, /"Runtime.UserCodeSyntaxError"/)
  write('exports.handler = () => new Promise((done) => setTimeout(done, 100, process.pid))')
  lambda.reload()
  const pid: number = answerOf(await lambda.invoke({}))
  const busy = lambda.invoke({})
  write('exports.handler = async () => 2')
  lambda.reload()
  assert.equal(answerOf(await busy), pid)
  await until(() => !isAlive(pid))
  assert.equal(answerOf(await lambda.invoke({})), 2)
})

test('a handler may be an ES module, one that awaits at its top too', async (context) => {
  assert.equal(answerOf(await start(context, 'awaits-at-start.handler').invoke({})), 'ready')
})

test('initialisation over its limit starts over within the timeout of the invocation', async (context) => {
  const environment = { START_MILLISECONDS: '800' }
  const patient = start(context, 'starts-slowly.handler', { environment, initTimeout: 200, timeout: 10 })
  const result = await patient.invoke({})
  assert.equal(answerOf(result), 'at last')
  assert.ok(result.duration >= 800)
  const hasty = start(context, 'starts-slowly.handler', { environment, initTimeout: 200, timeout: 0.3 })
  assert.equal(answerOf(await hasty.invoke({})).errorType, 'Sandbox.Timedout')
})

test('20 invocations at the same time have an environment each, which is reused until it was idle for long', async (context) => {
  const lambda = start(context, 'behaviours.gather', { idleTimeout: 500, timeout: 60 })
  /** Calls at the same time, of which none ends before each has an environment: its answer is its process. */
  const gather = async (callers: number) => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'gather-'))
    const event = { folder: folder.path, callers }
    return await Promise.all(Array.from({ length: callers }, () => lambda.invoke(event)))
  }
  const first = await gather(20)
  const pids = first.map(answerOf)
  assert.equal(new Set(pids).size, 20)
  const [again] = await gather(1)
  assert.ok(again && pids.includes(answerOf(again)))
  assert.ok(first.every(({ initDuration }) => initDuration) && again.initDuration === undefined)
  await until(() => !pids.some(isAlive))
  const [cold] = await gather(1)
  assert.ok(cold && !pids.includes(answerOf(cold)))
})

test('over the most environments callers wait their turn, in order', async (context) => {
  const lambda = start(context, 'behaviours.wait', { maxEnvironments: 1 })
  const [order, pids] = [[] as number[], new Set<number>()]
  const call = async (place: number) => {
    pids.add(answerOf(await lambda.invoke({ milliseconds: 10 })))
    order.push(place)
  }
  await Promise.all([1, 2, 3, 4, 5].map(call))
  assert.deepEqual([order, pids.size], [[1, 2, 3, 4, 5], 1])
})

test('what a function prints arrives line by line, as it is', async (context) => {
  const lambda = start(context, 'behaviours.print')
  await lambda.invoke({})
  await until(() => lambda.lines.length === 3)
  assert.deepEqual(lambda.lines.toSorted(), ['second line', 'to stderr', '{"level":"info"}'])
})

test('stop ends every process and refuses those who wait', async (context) => {
  const lambda = start(context, 'behaviours.wait', { maxEnvironments: 1 })
  const pid: number = answerOf(await lambda.invoke({ milliseconds: 0 }))
  const refused = [1, 2].map(() => assert.rejects(lambda.invoke({ milliseconds: 60_000 }), /function fn is stopped/))
  await lambda.stop()
  assert.equal(isAlive(pid), false)
  await Promise.all(refused)
  await assert.rejects(lambda.invoke({}), /function fn is stopped/)
})
