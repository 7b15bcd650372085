import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { defineApi, json } from '../../functions/http/api-definition.ts'
import { UnavailableError } from '../../functions/http/caller-errors.ts'
import { httpStack } from '../../functions/http/http-stack.ts'
import { answers } from '../../functions/http/routing.ts'
import { type SynthesizedStack, synthService } from '../../test/helpers/sample-service.ts'
import { captureLog, lambdaContext, proxyEvent } from '../../test/support.ts'

type Line = Readonly<Record<string, unknown>>

/** What Lambda itself writes after each invocation: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
const platformReport = {
  type: 'platform.report',
  time: '2026-11-24T12:00:00.000Z',
  record: {
    requestId: '6d68ca91-49c9-448d-89b8-7ca3e6dc66aa',
    metrics: {
      billedDurationMs: 694,
      durationMs: 693.92,
      initDurationMs: 397.68,
      maxMemoryUsedMB: 84,
      memorySizeMB: 512,
    },
    status: 'error',
    errorType: 'Runtime.ExitError',
  },
}

/** The paths of a line's values, as Logs Insights names them: `error.cause.code`. */
const paths = (value: unknown, path = ''): string[] =>
  Object(value) === value && !Array.isArray(value)
    ? Object.entries(value as Line).flatMap(([name, inner]) => paths(inner, path === '' ? name : `${path}.${name}`))
    : value === undefined
      ? []
      : [path]

/** Fields of the access log, of each API the same. */
const accessFields = (stack: SynthesizedStack): string[] =>
  stack
    .all('api_gateway_stage')
    .flatMap(({ access_log_settings }) => Object.keys(JSON.parse(Reflect.get(Object(access_log_settings), 'format'))))

const KEYWORDS =
  /^(filter|fields|stats|sort|limit|by|as|asc|desc|and|or|not|like|ispresent|count|avg|max|min|sum|pct|latest|bin)$/

/** The names in a query that are neither of the language nor made by it. */
function fieldsIn(query: string): string[] {
  const code = query.replaceAll(/'[^']*'/g, '')
  const made = new Set([...code.matchAll(/ as (\w+)/g)].map(([, name]) => name))
  const names = code.match(/(?<![\w.@])[a-z_][\w]*(\.\w+)*(?!\w)/gi) ?? []
  return [...new Set(names.filter((name) => !KEYWORDS.test(name) && !made.has(name)))]
}

test('every field that a saved query asks for is one that lines really have', async (t) => {
  const lines = captureLog(t)
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const answer = { summary: '', answers: { 200: v.unknown() } }
  const api = defineApi({
    title: 'Things',
    description: '',
    routes: { 'GET /things': { operationId: 'get', ...answer }, 'POST /things': { operationId: 'add', ...answer } },
  })
  const handler = httpStack(api, { CORS_ORIGIN: '*', LOG_LEVEL: 'info' }).handler(
    answers(api, {
      'GET /things': async () => json(200, {}),
      'POST /things': () => Promise.reject(new UnavailableError('Not now', { cause })),
    }),
  )
  for (const method of ['GET', 'POST', 'PUT'])
    await handler(proxyEvent({ method, resource: '/things' }) as never, lambdaContext())
  assert.equal(lines.length, 3)

  const functionFields = new Set([...lines, platformReport].flatMap((line) => paths(line)))
  for (const API_SECURITY of ['open', 'api-key']) {
    const stack = synthService({ API_SECURITY, ACCESS_LOGS: 'existing' })
    const gatewayFields = accessFields(stack)
    const groups = stack.all('cloudwatch_log_group').map(({ name }) => name)
    for (const { name, query_string, log_group_names } of stack.all('cloudwatch_query_definition')) {
      const asked = log_group_names as string[]
      for (const group of asked) assert.ok(groups.includes(group), group)
      const known = asked.flatMap((group) => (group.startsWith('/aws/lambda/') ? [...functionFields] : gatewayFields))
      const fields = fieldsIn(String(query_string))
      assert.ok(fields.length > 0, String(name))
      for (const field of fields) assert.ok(known.includes(field), `${name}: no line has ${field}`)
    }
  }
})

test('queries are in a folder of the deployment; those for callers only where callers are logged', () => {
  const names = (variables: Record<string, string>) =>
    synthService(variables)
      .all('cloudwatch_query_definition')
      .map(({ name }) => name)
  assert.ok(!names({}).includes('my_lambda/Callers by status'))
  assert.ok(names({ ACCESS_LOGS: 'existing' }).includes('my_lambda/Callers by status'))
  assert.ok(names({ ENVIRONMENT: 'staging' }).includes('staging-my_lambda/Find a request by an id'))
})
