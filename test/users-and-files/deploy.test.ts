import assert from 'node:assert/strict'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { cannotDeploy, createDeployment, type Deployment } from '../helpers/deployment.ts'

/** Tests run in order: each continues the deployment of the one before. */
const skip = await cannotDeploy()

let deployment: Deployment
before(async () => {
  if (!skip) deployment = await createDeployment()
})
after(() => deployment?.stop())

/** Runs a command that succeeds. @returns its output. */
async function succeeds(script: string, env?: Readonly<Record<string, string>>): Promise<string> {
  const { status, output } = await deployment.run(script, env)
  assert.equal(status, 0, output)
  return output
}

/** Runs a command that fails with a short error. @returns its output. */
async function fails(message: RegExp, script: string, env?: Readonly<Record<string, string>>): Promise<string> {
  const { status, output } = await deployment.run(script, env)
  assert.equal(status, 1, output)
  assert.match(output, message)
  assert.ok(output.split('\n').length < 40, `an error is short:\n${output}`)
  return output
}

const digestsIn = (output: string) => output.match(/sha256:\w{12}/g) ?? []

test('reports missing settings with a fix, before any change', { skip }, async () => {
  const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' }
  await fails(/✖ AWS account .*\n.*→ set AWS_PROFILE, or AWS_ACCESS_KEY_ID/, 'deploy', nobody)
  await fails(/✖ Variable .*DB_HOST=127\.0\.0\.1 is this machine/, 'deploy', { DB_HOST: '127.0.0.1' })
  await fails(/AWS_REGION=Seoul .*\n.*BUCKET_NAME=A /, 'deploy', { AWS_REGION: 'Seoul', BUCKET_NAME: 'A' })
  assert.deepEqual(await deployment.writes(), [])
})

test('stops before the functions when the registry refuses a push', { skip }, async () => {
  const { registry } = deployment.cloud
  registry.refuses = true
  await fails(/✖ images.*The push of .*:rds failed: .*refused for the test/s, 'deploy')
  registry.refuses = false
  const writes = await deployment.writes()
  assert.ok(writes.some((write) => write.startsWith('create aws_ecr_repository.')))
  assert.ok(!writes.some((write) => write.includes('aws_lambda_function')))
})

test('reports the resource that AWS refuses, without the earlier successes', { skip }, async () => {
  const refused = /✖ services.*Error: create of aws_lambda_function \(rds-migrate\) failed: AccessDenied: no/s
  await fails(refused, 'deploy', { AWS_DRY_RUN_FAIL: 'aws_lambda_function.migrate=AccessDenied: no' })
})

test('resumes after a kill during Terraform, and creates nothing twice', { skip }, async () => {
  const { child, ended } = deployment.start('deploy')
  while (!(await deployment.writes()).includes('create aws_lambda_function.rds-migrate')) {
    assert.equal(child.exitCode, null, 'it should have been at work')
    await setTimeout(50)
  }
  child.kill('SIGKILL')
  await ended
  deployment.cloud.migrationError = 'migration 2: Duplicate column'
  await fails(/✖ migrations.*rds-migrate failed: Error: migration 2: Dup.*make logs FUNCTION=rds-migrate/s, 'deploy')
  const kinds = /^create aws_(lambda_function|iam_role|ecr_repository|db_instance)\./
  const created = (await deployment.writes()).filter((write) => kinds.test(write))
  assert.deepEqual(created, [...new Set(created)])
})

test('deploys the pushed images, which pass the smoke test', { skip }, async () => {
  deployment.cloud.migrationError = undefined
  const output = await succeeds('deploy')
  assert.match(output, /✔ migrations .*create Users.*✔ smoke test .*^ {2}rds +https:\/\/.*\n {2}s3 +https:\/\//ms)
  assert.match(output, /^ {2}curl https:.*\/rds\n.*^⚠ .*anyone who finds these URLs/ms)
  const stack = await readFile(join(deployment.folder, 'cdktf.out/stacks/service/cdk.tf.json'), 'utf8')
  assert.match(JSON.parse(stack).data.aws_ecr_image.rds.image_digest, /^sha256:/)
  assert.match(await succeeds('smoke'), /^ {2}rds: GET \/rds \d+ ms, POST \/rds \d+ ms/m)
})

test('reports no changes the second time', { skip }, async () => {
  const { registry, aws } = deployment.cloud
  const [writes, uploads] = [await deployment.writes(), registry.uploads]
  const output = await succeeds('deploy')
  assert.match(output, /^Nothing had to change, [\d.]+ s\.$/m)
  assert.deepEqual(await deployment.writes(), writes)
  assert.equal(registry.uploads, uploads)
  assert.ok(!output.includes(registry.password))
  const tokens = aws.calls.filter((call) => call === 'GetAuthorizationToken')
  assert.ok(tokens.length > 1, 'each run has a token of its own')
})

test('deploys only the changed function, and offers a rollback on failure', { skip }, async () => {
  const before = (await deployment.writes()).length
  await appendFile(join(deployment.folder, 'functions', 's3', 'index.ts'), "\nexport const changed = 'for the test'\n")
  deployment.cloud.migrationError = 'for the test'
  const output = await fails(/✖ migrations.*for the test.*The new s3 is live: make rollback reverts it/s, 'deploy')
  assert.match(output, /^ {2}s3: sha256:\w{12} → sha256:\w{12}\n✔ images {5}pushed s3 /m)
  assert.deepEqual((await deployment.writes()).slice(before), ['update aws_lambda_function.s3'])
})

test('rolls the last deployment back, and the next plan is empty', { skip }, async () => {
  const CONFIRM = deployment.cloud.env.PROJECT
  const before = (await deployment.writes()).length
  const releases = () => succeeds('releases', { FUNCTION: 's3' })
  const [first = '', second = ''] = digestsIn(await releases())
  const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC'
  assert.match(await releases(), new RegExp(`^ {2}live {2}${first}\\w+ {2}${time}\\n {8}${second}`, 'm'))
  await fails(/No terminal to ask on: make rollback CONFIRM=deploy-test/, 'rollback')
  const IMAGE_RDS = `sha256:${'0123456789abcdef'.repeat(4)}`
  await fails(/IMAGE_RDS pins the image/, 'rollback', { IMAGE_RDS })

  const output = await succeeds('rollback', { CONFIRM })
  assert.deepEqual(digestsIn(output), [first, second])
  assert.match(output, /migrations only go forward.*✔ smoke test/s)
  assert.deepEqual((await deployment.writes()).slice(before), ['update aws_lambda_function.s3'])
  assert.match(await releases(), new RegExp(`^ {2}live {2}${second}.*\\n {8}${first}`, 'm'))
  assert.match(await succeeds('diff'), /service:\n+.*No changes.*Cost: about \$\d/s)
  await fails(/Nothing was live before/, 'rollback', { CONFIRM })
  assert.deepEqual(digestsIn(await succeeds('rollback', { CONFIRM, DIGEST: first })), [second, first])
})

test('asks before it destroys, and keeps protected resources', { skip }, async () => {
  const before = await deployment.writes()
  const CONFIRM = deployment.cloud.env.PROJECT
  await fails(/Protected, so nothing is destroyed:\n.*the database deploy-test/s, 'destroy', { CONFIRM })
  assert.deepEqual(await deployment.writes(), before)
})

test('gives another environment its own names and state', { skip }, async () => {
  const message = /\+ name += "staging-deploy-test-\d+".*The images are not in the registry yet: `make deploy`/s
  assert.match((await deployment.run('diff', { ENVIRONMENT: 'staging' })).output, message)
})
