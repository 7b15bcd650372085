import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, type SynthesizedStack, synthService } from '../../test/helpers/sample-service.ts'
import { jwt } from '../../test/helpers/settings.ts'

const ALARM_EMAIL = 'ops@example.com'
const everything = { ...jwt, ALARM_EMAIL, ACCESS_LOGS: 'create', TRACING: 'true', ENVIRONMENT: 'staging' }

const alarmsOf = (stack: SynthesizedStack) =>
  Object.fromEntries(stack.all('cloudwatch_metric_alarm').map((alarm) => [String(alarm.alarm_name), alarm]))

test('without an address nobody would hear an alarm, so there are none to pay for', () => {
  const stack = synthService()
  for (const type of ['cloudwatch_metric_alarm', 'sns_topic', 'kms_key', 'cloudwatch_log_metric_filter'])
    assert.deepEqual(stack.all(type), [], type)
  assert.equal(stack.all('cloudwatch_dashboard').length, 1)
  assert.ok(stack.all('cloudwatch_query_definition').length >= 6)
})

test('each alarm tells the address when it begins and ends, and what to do', () => {
  const stack = synthService(everything)
  const { protocol, endpoint, topic_arn } = stack.one('sns_topic_subscription')
  assert.deepEqual([protocol, endpoint], ['email', ALARM_EMAIL])
  const alarms = Object.entries(alarmsOf(stack))
  // Four of each API, two of a function, and those of the account, the database and its connections.
  assert.equal(alarms.length, 5 * 2 + 7)
  for (const [name, alarm] of alarms) {
    assert.match(name, /^staging-my_lambda-/)
    assert.deepEqual([alarm.alarm_actions, alarm.ok_actions], [[topic_arn], [topic_arn]])
    assert.match(String(alarm.alarm_description), /\. What to do: docs\/operations\.md#[a-z0-9-]+$/)
    assert.ok(Number(alarm.datapoints_to_alarm) <= Number(alarm.evaluation_periods))
    // No traffic is no alarm; a database that says nothing is not called well.
    assert.equal(alarm.treat_missing_data, name.includes('-database-') ? 'missing' : 'notBreaching', name)
  }
})

test('alarms look at what is deployed, by the names that it has', () => {
  const stack = synthService(everything)
  const named = (type: string, attribute: string) => stack.all(type).map((block) => block[attribute])
  const names = [
    ...named('lambda_function', 'function_name'),
    ...named('api_gateway_rest_api', 'name'),
    ...named('db_instance', 'identifier'),
  ]
  for (const { dimensions = {}, alarm_name } of Object.values(alarmsOf(stack)))
    for (const [dimension, value] of Object.entries(dimensions as object))
      assert.ok(dimension === 'Stage' ? value === 'default' : names.includes(value), `${alarm_name}: ${value}`)
})

test('concurrency is measured against what is reserved, or against connections that others leave', () => {
  const threshold = (variables: Record<string, string>) =>
    alarmsOf(synthService({ ALARM_EMAIL, ...variables }))['my_lambda-items-concurrency']?.threshold
  assert.equal(threshold({ RESERVED_CONCURRENCY: '20' }), 16)
  assert.equal(threshold({ DB_MAX_CONNECTIONS: '105' }), 80)
  assert.equal(threshold({ RESERVED_CONCURRENCY: '1' }), 1)
})

test('a given database is watched where its name at RDS is known', () => {
  const watched = (variables: Record<string, string>) =>
    Object.values(alarmsOf(synthService({ ...given, ALARM_EMAIL, ...variables })))
      .map(({ dimensions }) => (dimensions as Record<string, string> | undefined)?.DBInstanceIdentifier)
      .filter((id) => id !== undefined)
  const ofRds = (name: string) => ({ DB_HOST: `${name}.ap-northeast-2.rds.amazonaws.com` })
  assert.deepEqual([...new Set(watched(ofRds('course.c1abcdefgh')))], ['course'])
  // A cluster and a proxy are no instances.
  for (const variables of [{}, ofRds('course.cluster-c1abcdefgh'), ofRds('course.proxy-c1abcdefgh')])
    assert.deepEqual(watched(variables), [])
})

test('only alarms of this account write to the topic, which is encrypted by a key that they may use', () => {
  const stack = synthService({ ALARM_EMAIL })
  const [statement, ...others] = JSON.parse(String(stack.one('sns_topic_policy').policy)).Statement
  assert.deepEqual(others, [])
  assert.deepEqual(statement.Principal, { Service: 'cloudwatch.amazonaws.com' })
  assert.match(statement.Condition.StringEquals['aws:SourceAccount'], /account_id/)
  const { policy, enable_key_rotation } = stack.one('kms_key')
  assert.equal(enable_key_rotation, true)
  const [, alarms] = JSON.parse(String(policy)).Statement
  assert.deepEqual(alarms.Principal, { Service: 'cloudwatch.amazonaws.com' })
  assert.match(String(stack.one('sns_topic').kms_master_key_id), /^\$\{aws_kms_key\./)
})

test('every log group keeps its lines for as long as LOG_RETENTION says', () => {
  for (const days of [30, 7]) {
    const groups = synthService({ ...everything, LOG_RETENTION: String(days) }).all('cloudwatch_log_group')
    for (const { name, retention_in_days } of groups) assert.equal(retention_in_days, days, String(name))
    // Of each image's function and API; the migrations', the authorizer's and the database's.
    assert.equal(groups.length, 2 * 2 + 3)
  }
})

test('traces are for functions, with the permission to send them, and for both stages; or for none', () => {
  const traced = synthService(everything)
  for (const { tracing_config } of traced.all('lambda_function')) assert.deepEqual(tracing_config, { mode: 'Active' })
  for (const { xray_tracing_enabled } of traced.all('api_gateway_stage')) assert.equal(xray_tracing_enabled, true)
  const policies = traced.all('iam_role_policy_attachment').map(({ policy_arn }) => String(policy_arn))
  assert.equal(policies.filter((arn) => arn.endsWith('/AWSXRayDaemonWriteAccess')).length, 2)
  assert.doesNotMatch(synthService().json, /xray|tracing_config/i)
})

test('access logs are off, or on, and the account’s permission for them is touched on request alone', () => {
  const of = (ACCESS_LOGS: string) => {
    const stack = synthService({ ACCESS_LOGS })
    const logged = stack.all('api_gateway_stage').filter(({ access_log_settings }) => access_log_settings)
    return [logged.length, stack.all('api_gateway_account').length]
  }
  assert.deepEqual(of('none'), [0, 0])
  assert.deepEqual(of('existing'), [2, 0])
  assert.deepEqual(of('create'), [2, 1])
  const stack = synthService({ ACCESS_LOGS: 'create' })
  // Without its permission API Gateway refuses a stage that logs.
  const [account] = Object.keys(stack.resource.aws_api_gateway_account ?? {})
  for (const { depends_on } of stack.all('api_gateway_stage'))
    assert.deepEqual(depends_on, [`aws_api_gateway_account.${account}`])
})

test('refusals with 429 are counted from the access log, and ring', () => {
  const stack = synthService({ ALARM_EMAIL, ACCESS_LOGS: 'existing' })
  for (const filter of stack.all('cloudwatch_log_metric_filter')) {
    assert.equal(filter.pattern, '{ $.status = "429" }')
    const { namespace, name } = filter.metric_transformation as Record<string, string>
    const alarm = stack.one('cloudwatch_metric_alarm', { namespace, metric_name: name })
    assert.match(String(alarm.alarm_name), /^my_lambda-(items|blobs)-429$/)
    // The group has to be there before its filter.
    assert.match(String(filter.depends_on), /aws_cloudwatch_log_group/)
  }
  assert.equal(stack.all('cloudwatch_log_metric_filter').length, 2)
  const without = Object.keys(alarmsOf(synthService({ ALARM_EMAIL })))
  assert.deepEqual(
    without.filter((name) => name.endsWith('-429')),
    [],
  )
})
