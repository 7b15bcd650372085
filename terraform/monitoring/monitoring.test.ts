import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cognito, everyOption, given, jwt, synthService } from '../../test/helpers/sample-service.ts'

const { ALARM_EMAIL } = everyOption

test('alarms watch deployed resources by name, and mail the address at start and end; without an address none exist', () => {
  for (const type of ['cloudwatch_metric_alarm', 'sns_topic', 'kms_key']) assert.deepEqual(synthService().all(type), [])
  const stack = synthService({ ...everyOption, ...jwt })
  const names = [
    ...stack.values('lambda_function', 'function_name'),
    ...stack.values('api_gateway_rest_api', 'name'),
    ...stack.values('db_instance', 'identifier'),
    'default',
  ]
  const { protocol, endpoint, topic_arn } = stack.one('sns_topic_subscription')
  assert.deepEqual([protocol, endpoint], ['email', ALARM_EMAIL])
  // Two per API, two per synchronous function (also the authorizer), one for a concurrency limit, three for the database.
  assert.equal(stack.all('cloudwatch_metric_alarm').length, 2 * 2 + 3 * 2 + 1 + 3)
  for (const alarm of stack.all('cloudwatch_metric_alarm')) {
    const name = String(alarm.alarm_name)
    assert.match(name, /^staging-my_lambda-/)
    assert.deepEqual([alarm.alarm_actions, alarm.ok_actions], [[topic_arn], [topic_arn]])
    assert.ok(Number(alarm.datapoints_to_alarm) <= Number(alarm.evaluation_periods))
    // Without data an API had no traffic, but the state of a database is unknown.
    assert.equal(alarm.treat_missing_data, name.includes('-database-') ? 'missing' : 'notBreaching', name)
    for (const value of Object.values(Object(alarm.dimensions))) assert.ok(names.includes(value), `${name}: ${value}`)
  }
})

test('the concurrency alarm fires at 80% of the reservation, or else of the available database connections', () => {
  for (const [reserved, threshold] of Object.entries({ '': 44, 10: 8, 1: 1 })) {
    const alarm = { alarm_name: 'my_lambda-items-concurrency', metric_name: 'ConcurrentExecutions', threshold }
    synthService({ ALARM_EMAIL, RESERVED_CONCURRENCY: reserved }).one('cloudwatch_metric_alarm', alarm)
  }
})

test('a given database is watched if its RDS name is known; a cluster and a proxy are no instances', () => {
  const hosts = { 'course.c1abcdefgh': ['course'], 'course.cluster-c1abcdefgh': [], 'course.proxy-c1abcdefgh': [] }
  for (const [host, instances] of Object.entries(hosts)) {
    const { json } = synthService({ ...given, ALARM_EMAIL, DB_HOST: `${host}.ap-northeast-2.rds.amazonaws.com` })
    const watched = json.matchAll(/"DBInstanceIdentifier": "(.*)"/g)
    assert.deepEqual([...new Set([...watched].map(([, instance]) => instance))], instances)
  }
})

test('only alarms of this account publish to the topic, encrypted by a key that they may use', () => {
  const stack = synthService({ ALARM_EMAIL })
  const [statement, ...others] = JSON.parse(String(stack.one('sns_topic_policy').policy)).Statement
  assert.deepEqual([statement.Principal, others], [{ Service: 'cloudwatch.amazonaws.com' }, []])
  assert.match(statement.Condition.StringEquals['aws:SourceAccount'], /account_id/)
  const { policy: uses } = stack.target(stack.one('sns_topic').kms_master_key_id) ?? {}
  assert.match(String(uses), /"cloudwatch\.amazonaws\.com"\},"Action":\["kms:Decrypt","kms:GenerateDataKey\*"\]/)
})

test('access logs are off or on, and change the account’s permission on request alone', () => {
  for (const [ACCESS_LOGS, ...expected] of [
    ['none', 0, 6, 0],
    ['existing', 2, 8, 0],
    ['create', 2, 8, 1],
  ] as const) {
    const stack = synthService({ ACCESS_LOGS })
    const logged = stack.values('api_gateway_stage', 'access_log_settings').filter(Boolean)
    const queries = stack.all('cloudwatch_query_definition')
    const ids = Object.keys(stack.resource.aws_api_gateway_account ?? {})
    assert.deepEqual([logged.length, queries.length, ids.length], expected)
    // Without its permission API Gateway refuses a stage that logs.
    const permission = ids.map((id) => `aws_api_gateway_account.${id}`)
    for (const needed of stack.values('api_gateway_stage', 'depends_on')) assert.deepEqual(needed ?? [], permission)
  }
})

test('an access log line identifies the caller as far as API_SECURITY can, and holds no caller text', () => {
  for (const kind of [{}, { API_SECURITY: 'iam' }, { API_SECURITY: 'api-key' }, jwt, cognito]) {
    for (const { access_log_settings } of synthService({ ...kind, ACCESS_LOGS: 'create' }).all('api_gateway_stage')) {
      const format: string = Reflect.get(Object(access_log_settings), 'format')
      assert.equal('caller' in JSON.parse(format), 'API_SECURITY' in kind)
      assert.doesNotMatch(format, /userAgent|\.path\b|error\.message|apiKey\b/)
    }
  }
})
