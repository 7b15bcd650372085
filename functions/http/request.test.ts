import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { proxyEvent } from '../../test/helpers/event.ts'
import { callerOf, type HttpEvent } from './request.ts'

const caller = (requestContext: object) => callerOf({ ...proxyEvent(), requestContext } as unknown as HttpEvent)

describe('the caller is known', () => {
  test('by the subject of a token, of Cognito or of another issuer', () => {
    assert.equal(caller({ authorizer: { claims: { sub: 'c0ffee' } }, identity: {} }), 'c0ffee')
    assert.equal(caller({ authorizer: { principalId: 'ada', scope: 'users' }, identity: {} }), 'ada')
  })

  test('by the unique id of an IAM user or role, whatever its session is called', () => {
    assert.equal(caller({ identity: { caller: 'AIDAEXAMPLE', cognitoIdentityId: null } }), 'AIDAEXAMPLE')
    assert.equal(caller({ identity: { caller: 'AROAEXAMPLE:session-1' } }), 'AROAEXAMPLE')
  })

  test('by the identity in a Cognito identity pool, whose users share a role', () => {
    const identity = { caller: 'AROAEXAMPLE:CognitoIdentityCredentials', cognitoIdentityId: 'ap-northeast-2:1' }
    assert.equal(caller({ identity }), 'ap-northeast-2:1')
  })

  test("by an API key's id", () => {
    assert.equal(caller({ identity: { apiKey: 'secret', apiKeyId: 'k1' } }), 'k1')
  })

  test('not on an open API, nor in an event without a context', () => {
    assert.equal(caller({ identity: { sourceIp: '192.0.2.1', caller: null, apiKeyId: null } }), undefined)
    assert.equal(callerOf({ ...proxyEvent(), requestContext: undefined } as unknown as HttpEvent), undefined)
  })
})
