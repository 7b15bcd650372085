import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnavailableError } from '../../functions/http/caller-errors.ts'
import { synthService } from '../../test/helpers/sample-service.ts'
import { failing } from '../../test/helpers/things-stack.ts'
import { invoke } from '../../test/support.ts'

/** Lambda's own line after each invocation: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
const platformReport = JSON.parse(`{"time":"2026-11-24T12:00:00.000Z","type":"platform.report","record":{
  "requestId":"6d68ca91-49c9-448d-89b8-7ca3e6dc66aa","status":"error","errorType":"Runtime.ExitError","metrics":{
  "durationMs":693.92,"billedDurationMs":694,"memorySizeMB":512,"maxMemoryUsedMB":84,"initDurationMs":397.68}}}`)

/** Paths of a line's values in Logs Insights notation: `error.cause.code`. */
const paths = (line: object): string[] =>
  Object.entries(line).flatMap(([name, value]) =>
    Object(value) === value ? paths(value).map((path) => `${name}.${path}`) : [name],
  )

const KEYWORDS =
  /^(filter|fields|stats|sort|limit|by|as|asc|desc|and|or|not|like|ispresent|count|avg|max|min|sum|pct|latest|bin)$/

/** Names in a query, except keywords and fields that the query defines. */
function fieldsIn(query: string): string[] {
  const code = query.replaceAll(/'[^']*'/g, '')
  const made = new Set([...code.matchAll(/ as (\w+)/g)].map(([, name]) => name))
  const names = code.match(/(?<![\w.@])[a-z_][\w]*(\.\w+)*(?!\w)/gi) ?? []
  return [...new Set(names.filter((name) => !KEYWORDS.test(name) && !made.has(name)))]
}

test('every field of a saved query exists in real log lines', async () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const { lines } = await invoke(failing(new UnavailableError('Not now', { cause })), { resource: '/things' })
  const functionFields = [...lines, platformReport].flatMap(paths)

  for (const API_SECURITY of ['open', 'api-key']) {
    const stack = synthService({ API_SECURITY, ACCESS_LOGS: 'existing' })
    const [stage] = stack.all('api_gateway_stage')
    const gatewayFields = Object.keys(JSON.parse(Reflect.get(Object(stage?.access_log_settings), 'format')))
    const groups = stack.values('cloudwatch_log_group', 'name')
    for (const { name, query_string, log_group_names } of stack.all('cloudwatch_query_definition')) {
      const asked = log_group_names as string[]
      for (const group of asked) assert.ok(groups.includes(group), group)
      const known = asked.flatMap((group) => (group.startsWith('/aws/lambda/') ? functionFields : gatewayFields))
      const fields = fieldsIn(String(query_string))
      assert.ok(fields.length > 0, String(name))
      for (const field of fields) assert.ok(known.includes(field), `${name}: no line has ${field}`)
    }
  }
})
