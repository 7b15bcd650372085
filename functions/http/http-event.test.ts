import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proxyEvent } from '../../test/support.ts'
import { callerOf, type HttpEvent } from './http-event.ts'

const role = 'AROAEXAMPLE:CognitoIdentityCredentials'
const callers: Record<string, [requestContext: object, caller: string | undefined]> = {
  'the subject of a token of Cognito': [{ authorizer: { claims: { sub: 'c0ffee' } }, identity: {} }, 'c0ffee'],
  'that of another issuer': [{ authorizer: { principalId: 'ada', scope: 'users' }, identity: {} }, 'ada'],
  'the unique id of an IAM user': [{ identity: { caller: 'AIDAEXAMPLE', cognitoIdentityId: null } }, 'AIDAEXAMPLE'],
  'that of a role, whatever its session is called': [{ identity: { caller: 'AROAEXAMPLE:s-1' } }, 'AROAEXAMPLE'],
  'the identity in a pool, whose users share a role': [{ identity: { caller: role, cognitoIdentityId: 'p:1' } }, 'p:1'],
  "an API key's id": [{ identity: { apiKey: 'secret', apiKeyId: 'k1' } }, 'k1'],
  'nobody on an open API': [{ identity: { sourceIp: '192.0.2.1', caller: null, apiKeyId: null } }, undefined],
}
for (const [who, [requestContext, expected]] of Object.entries(callers))
  test(`the caller is ${who}`, () =>
    assert.equal(callerOf({ ...proxyEvent(), requestContext } as unknown as HttpEvent), expected))
