import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { proxyEvent } from '../../test/support.ts'
import { callerOf, type HttpEvent } from './http-event.ts'

const callers: Record<string, [requestContext: object, caller: string | undefined]> = {
  'by the subject of a token of Cognito': [{ authorizer: { claims: { sub: 'c0ffee' } }, identity: {} }, 'c0ffee'],
  'by that of another issuer': [{ authorizer: { principalId: 'ada', scope: 'users' }, identity: {} }, 'ada'],
  'by the unique id of an IAM user': [{ identity: { caller: 'AIDAEXAMPLE', cognitoIdentityId: null } }, 'AIDAEXAMPLE'],
  'by that of a role, whatever its session is called': [{ identity: { caller: 'AROAEXAMPLE:s-1' } }, 'AROAEXAMPLE'],
  'by the identity in a Cognito identity pool, whose users share a role': [
    { identity: { caller: 'AROAEXAMPLE:CognitoIdentityCredentials', cognitoIdentityId: 'ap-northeast-2:1' } },
    'ap-northeast-2:1',
  ],
  "by an API key's id": [{ identity: { apiKey: 'secret', apiKeyId: 'k1' } }, 'k1'],
  'not on an open API': [{ identity: { sourceIp: '192.0.2.1', caller: null, apiKeyId: null } }, undefined],
}
describe('the caller is known', () => {
  for (const [how, [requestContext, expected]] of Object.entries(callers)) {
    test(how, () => {
      assert.equal(callerOf({ ...proxyEvent(), requestContext } as unknown as HttpEvent), expected)
    })
  }
})
