import assert from 'node:assert/strict'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { cannotDeploy, createDeployment, type Deployment, type Run } from '../helpers/deployment.ts'

/** One after another: each test goes on from where the one before has broken off. */
const skip = await cannotDeploy()

let deployment: Deployment
before(async () => {
  if (!skip) deployment = await createDeployment()
})
after(() => deployment?.stop())

const succeeded = ({ status, output }: Run) => assert.equal(status, 0, output)
const failed = ({ status, output }: Run, message: RegExp) => {
  assert.equal(status, 1, output)
  assert.match(output, message)
  assert.ok(output.split('\n').length < 40, `an error is short:\n${output}`)
}

test('what is missing is told with its fix, before anything is touched', { skip }, async () => {
  const env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' }
  failed(await deployment.run('deploy', env), /✖ AWS account .*\n.*→ set AWS_PROFILE, or AWS_ACCESS_KEY_ID/)
  failed(await deployment.run('deploy', { DB_HOST: 'db.example.com' }), /missing: DB_PASS.*\n.*set DB_PASS in .env/)
  failed(await deployment.run('deploy', { DB_HOST: '127.0.0.1' }), /✖ Variable .*DB_HOST=127\.0\.0\.1 is this machine/)
  failed(
    await deployment.run('deploy', { AWS_REGION: 'Seoul', BUCKET_NAME: 'A' }),
    /AWS_REGION=Seoul .*\n.*BUCKET_NAME=A /,
  )
  assert.deepEqual(await deployment.writes(), [])
})

test('a push that the registry refuses stops the deployment before the functions', { skip }, async () => {
  const { registry } = deployment.cloud
  registry.refuse = ({ method, url }) => (method === 'PUT' && url?.includes('/manifests/') ? 403 : undefined)
  const run = await deployment.run('deploy')
  registry.refuse = () => undefined
  failed(run, /✖ images.*The push of .*:rds failed: .*refused for the test/s)
  const writes = await deployment.writes()
  assert.ok(writes.some((write) => write.startsWith('create aws_ecr_repository.')))
  assert.ok(!writes.some((write) => write.includes('aws_lambda_function')))
})

test('a resource that AWS refuses is told, without what went well before it', { skip }, async () => {
  const env = { AWS_DRY_RUN_FAIL: 'aws_lambda_function.migrate=AccessDenied: no' }
  failed(
    await deployment.run('deploy', env),
    /✖ services.*Error: create of aws_lambda_function \(rds-migrate\) failed: AccessDenied: no/s,
  )
})

test('killed while Terraform works, it goes on from there, and creates nothing twice', { skip }, async () => {
  const { child, ended } = deployment.start('deploy')
  while (!(await deployment.writes()).includes('create aws_lambda_function.rds-migrate')) {
    assert.equal(child.exitCode, null, 'it should have been at work')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  await ended
  deployment.cloud.migrationError = { errorType: 'Error', errorMessage: 'migration 2 (add email): Duplicate column' }
  failed(
    await deployment.run('deploy'),
    /✖ migrations.*rds-migrate failed: Error: migration 2 \(add email\): Duplicate column.*make logs FUNCTION=rds-migrate/s,
  )
  const kinds = /^create aws_(lambda_function|iam_role|ecr_repository|db_instance)\./
  const created = (await deployment.writes()).filter((write) => kinds.test(write))
  assert.deepEqual(created, [...new Set(created)])
})

test('deployed, the images that were pushed pass the smoke test, which alone says how long each call took', {
  skip,
}, async () => {
  deployment.cloud.migrationError = undefined
  const run = await deployment.run('deploy')
  succeeded(run)
  assert.match(run.output, /✔ migrations .*create Users/)
  assert.match(run.output, /✔ smoke test/)
  assert.match(run.output, /^ {2}rds +https:\/\/.*\n {2}s3 +https:\/\/.*\n\n {2}curl https:\/\/.*\/rds$/m)
  const stack = await readFile(join(deployment.folder, 'cdktf.out/stacks/service/cdk.tf.json'), 'utf8')
  assert.match(JSON.parse(stack).data.aws_ecr_image.rds.image_digest, /^sha256:/)
  const { output } = await deployment.run('smoke')
  assert.match(output, /s3: POST \/s3 \d+ ms, GET \/s3 \d+ ms/)
  assert.match(
    output,
    /rds: GET \/rds \d+ ms, POST \/rds \d+ ms, GET \/rds\/\{id\} \d+ ms, DELETE \/rds\/\{id\} \d+ ms, GET/,
  )
})

test('again, it changes nothing and says so', { skip }, async () => {
  const { registry, aws } = deployment.cloud
  const [writes, uploads] = [await deployment.writes(), registry.uploads.length]
  const run = await deployment.run('deploy')
  succeeded(run)
  assert.match(run.output, /^Nothing had to change, [\d.]+ s\.$/m)
  assert.deepEqual(await deployment.writes(), writes)
  assert.equal(registry.uploads.length, uploads)
  assert.ok(!run.output.includes(registry.password))
  const tokens = aws.calls.filter((call) => call === 'GetAuthorizationToken')
  assert.ok(tokens.length > 1, 'each run has a token of its own')
})

test('a change of one function is pushed and deployed alone, from digest to digest', { skip }, async () => {
  const before = (await deployment.writes()).length
  await appendFile(join(deployment.folder, 'functions', 's3', 'index.ts'), "\nexport const changed = 'for the test'\n")
  const run = await deployment.run('deploy')
  succeeded(run)
  assert.match(run.output, /^ {2}s3: sha256:\w{12} → sha256:\w{12}$/m)
  assert.match(run.output, /✔ images {5}pushed s3 /)
  assert.deepEqual((await deployment.writes()).slice(before), ['update aws_lambda_function.s3'])
})

const digestsIn = (output: string) => output.match(/sha256:\w{12}/g) ?? []

test('what went live, and when, is known to whoever looks at the repository', { skip }, async () => {
  const run = await deployment.run('releases', { FUNCTION: 's3' })
  succeeded(run)
  const lines = run.output.split('\n').filter((line) => line.startsWith('  '))
  assert.equal(lines.length, 2, run.output)
  assert.match(lines[0] ?? '', /^ {2}live {2}sha256:\w{12} {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
  assert.match(lines[1] ?? '', /^ {8}sha256:/)
})

test('a rollback asks first, and takes no digest that is gone', { skip }, async () => {
  failed(await deployment.run('rollback'), /No terminal to ask on: make rollback CONFIRM=deploy-test/)
  const gone = `sha256:${'0123456789abcdef'.repeat(4)}`
  failed(await deployment.run('rollback', { DIGEST: gone }), /names 0 images that were live .*make releases/)
  failed(await deployment.run('rollback', { IMAGE_RDS: gone }), /IMAGE_RDS names the image that runs/)
})

test('rolled back, the last deployment is undone, and the next plan finds nothing to do', { skip }, async () => {
  const CONFIRM = deployment.cloud.env.PROJECT
  const before = (await deployment.writes()).length
  const { output: releases } = await deployment.run('releases', { FUNCTION: 's3' })
  const run = await deployment.run('rollback', { CONFIRM })
  succeeded(run)
  assert.deepEqual(digestsIn(run.output), digestsIn(releases))
  assert.match(run.output, /migrations only go forward/)
  assert.match(run.output, /✔ smoke test/)
  assert.deepEqual((await deployment.writes()).slice(before), ['update aws_lambda_function.s3'])

  const { output: now } = await deployment.run('releases', { FUNCTION: 's3' })
  assert.match(now, /^ {2}live {2}sha256:\w{12} .* rolled back to$/m)
  assert.deepEqual(new Set(digestsIn(now)), new Set(digestsIn(releases)))
  assert.match((await deployment.run('diff')).output, /service:\n+.*No changes.*Cost: about \$\d/s)
  failed(await deployment.run('rollback', { CONFIRM }), /Nothing was live before/)
})

test('a deployment does not bring back unnoticed what was rolled back from', { skip }, async () => {
  failed(await deployment.run('deploy'), /✖ images.*s3 here is what was rolled back from on .*AGAIN=1/s)
  // Whoever says so gets past that, as far as a push.
  const { registry } = deployment.cloud
  registry.refuse = ({ method, url }) => (method === 'PUT' && url?.includes('/manifests/') ? 403 : undefined)
  const run = await deployment.run('deploy', { AGAIN: '1' })
  registry.refuse = () => undefined
  failed(run, /✖ images.*The push of .*:s3 failed/s)
})

test('destroying asks, and leaves what is protected alone', { skip }, async () => {
  const before = await deployment.writes()
  failed(
    await deployment.run('destroy', { CONFIRM: deployment.cloud.env.PROJECT }),
    /Protected, so nothing is destroyed:\n.*the database deploy-test/s,
  )
  assert.deepEqual(await deployment.writes(), before)
})

test('another environment has names and a state of its own', { skip }, async () => {
  const run = await deployment.run('diff', { ENVIRONMENT: 'staging' })
  assert.match(run.output, /\+ name += "staging-deploy-test-\d+"/)
  assert.match(run.output, /The images are not in the registry yet: `make deploy`/)
})
