import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cognito, everyOption, jwt, synthService } from '../../../test/helpers/sample-service.ts'
import { TerraformJson } from '../../local/wiring/terraform.ts'
import { widerAccess } from './wider-access.ts'

function resourcesOf(settings: Record<string, string>) {
  const terraform = new TerraformJson(JSON.parse(synthService(settings).json))
  return Object.fromEntries(terraform.all().map(({ address, block }) => [address, block]))
}

const { WEB_ACL_ARN } = everyOption
const scoped = { ...jwt, JWT_SCOPES: 'users' }
const iam = { API_SECURITY: 'iam' }
const apiKey = { API_SECURITY: 'api-key' }

/** Deployed settings, planned settings, and the warning if they admit more callers. */
const cases: readonly (readonly [Record<string, string>, Record<string, string>, RegExp?])[] = [
  [iam, {}, /^API_SECURITY is open, but deployed is iam, cognito or jwt$/],
  [cognito, apiKey, /^API_SECURITY is api-key/],
  [apiKey, {}, /^API_SECURITY is open, but deployed is api-key$/],
  [scoped, jwt, /^JWT_SCOPES is not set, but deployed is users$/],
  [scoped, { ...jwt, JWT_SCOPES: 'users all' }, /^JWT_SCOPES is users all/],
  [jwt, { ...jwt, JWT_AUDIENCE: 'my-api yours' }, /^JWT_AUDIENCE is my-api yours, but deployed is my-api$/],
  [{ ...cognito, COGNITO_SCOPES: 'users' }, cognito, /^COGNITO_SCOPES is not set/],
  [{ WEB_ACL_ARN }, {}, /^WEB_ACL_ARN is not set/],
  [apiKey, jwt],
  [iam, { ...cognito, COGNITO_SCOPES: 'users' }],
  [{ ...jwt, JWT_SCOPES: 'users all' }, scoped],
  [jwt, jwt],
]

for (const [deployed, planned, told] of cases) {
  test(`${JSON.stringify(planned)} after ${JSON.stringify(deployed)}${told ? ' lets more callers in' : ''}`, () => {
    const found = widerAccess(resourcesOf(deployed), resourcesOf(planned))
    if (told) assert.match(found.join(), told)
    else assert.deepEqual(found, [])
  })
}
