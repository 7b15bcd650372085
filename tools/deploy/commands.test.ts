import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fixOf } from './aws-errors.ts'
import { DEPLOY_FOLDER } from './cdktf-cli.ts'

test('adds a fix to AWS and network errors that lack one', () => {
  for (const [error, fix] of [
    [{ name: 'CredentialsProviderError' }, /AWS_PROFILE/],
    [{ name: 'ExpiredTokenException', $metadata: {} }, /aws sso login/],
    [{ name: 'UnrecognizedClientException', $metadata: {} }, /AWS_ACCESS_KEY_ID/],
    [{ code: 'ENOTFOUND' }, /internet.*ap-northeast-2/],
    [{ name: 'TimeoutError' }, /internet/],
    [{ name: 'SyntaxError', $response: {} }, /HTTPS_PROXY/],
    [{ name: 'AccessDeniedException', $metadata: {} }, /^$/],
  ] as const)
    assert.match(fixOf(Object.assign(new Error('said by AWS'), error), 'ap-northeast-2') ?? '', fix)
})

/** Runs a command that fails. @returns its stderr. */
function fails(script: string, env: NodeJS.ProcessEnv): string {
  const { status, stderr } = spawnSync(process.execPath, [`tools/deploy/${script}.ts`], { env, encoding: 'utf8' })
  assert.equal(status, 1)
  return stderr
}

for (const script of ['logs', 'releases', 'rollback', 'diff'])
  test(`${script} without credentials says how to set them`, () => {
    const files = { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' }
    const empty = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '' }
    const env = { ...process.env, ...empty, ...files, AWS_EC2_METADATA_DISABLED: 'true' }
    assert.match(fails(script, env), /Could not load credentials.*AWS_PROFILE.*make doctor/s)
  })

test('the smoke test reports a missing deployment, without Terraform', (t) => {
  const ENVIRONMENT = 'never-deployed'
  t.after(() => rmSync(join(DEPLOY_FOLDER, 'environments', ENVIRONMENT), { recursive: true, force: true }))
  // A PATH without Terraform, and without npm, which would install the CLI.
  const { HOME } = process.env
  const env = { HOME, PATH: '/nonexistent', ENVIRONMENT, STATE_BUCKET: '' }
  assert.match(fails('smoke', env), /^No URL of a deployed API.*`make deploy`/m)
})
