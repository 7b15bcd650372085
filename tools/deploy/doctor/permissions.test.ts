import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { awsAt, serve } from '../../../test/helpers/server.ts'
import { TerraformJson } from '../../local/wiring/terraform.ts'
import { actionsOf, principalOf, seePermissions } from './permissions.ts'

test('permissions are asked for the role behind a session, and for a user as they are', () => {
  assert.equal(
    principalOf('arn:aws-cn:sts::123456789012:assumed-role/deployer/GitHubActions'),
    'arn:aws-cn:iam::123456789012:role/deployer',
  )
  assert.equal(principalOf('arn:aws:iam::123456789012:user/ada'), 'arn:aws:iam::123456789012:user/ada')
})

test('only actions that this deployment takes are asked for', () => {
  const of = (...types: string[]) =>
    actionsOf([
      { terraform: new TerraformJson({ resource: Object.fromEntries(types.map((type) => [type, { a: {} }])) }) },
    ])
  assert.ok(!of('aws_lambda_function').some((action) => /^(rds|s3|kms|sns):/.test(action)))
  assert.ok(of('aws_db_instance').includes('rds:CreateDBInstance'))
})

test('a refusal stops a deployment where it depends on nothing unknown, and is a note elsewhere', async (t) => {
  let results: string[] = []
  let asked = new URLSearchParams()
  const url = await serve(t, async (request, response) => {
    asked = new URLSearchParams(await text(request))
    const list = results.map((each) => `<member><EvalActionName>rds:CreateDBInstance</EvalActionName>${each}</member>`)
    response.end(
      `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults>${list.join('')}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
    )
  })
  Object.assign(process.env, awsAt(url))
  const see = (...given: string[]) => {
    results = given
    return seePermissions('arn:aws:iam::123456789012:user/ada', 'ap-northeast-2', ['rds:CreateDBInstance'])
  }
  const denied = '<EvalDecision>explicitDeny</EvalDecision>'
  const missing = '<MissingContextValues><member>aws:MultiFactorAuthPresent</member></MissingContextValues>'

  assert.equal((await see('<EvalDecision>allowed</EvalDecision>')).unsure, undefined)
  assert.equal(asked.get('ContextEntries.member.1.ContextKeyName'), 'aws:RequestedRegion')
  assert.equal(asked.get('ContextEntries.member.1.ContextKeyValues.member.1'), 'ap-northeast-2')
  assert.match((await see(denied)).fix ?? '', /ask for a policy/)
  const mfa = await see(denied + missing)
  assert.deepEqual([mfa.fix, mfa.unsure], [undefined, true])
  assert.match(mfa.text, /aws:MultiFactorAuthPresent/)
  assert.equal((await see('<EvalDecision>implicitDeny</EvalDecision>')).unsure, true)
})
