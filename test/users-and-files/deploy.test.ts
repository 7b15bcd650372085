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
const digestsIn = (output: string) => output.match(/sha256:\w{12}/g) ?? []

test('what is missing is told with its fix, before anything is touched', { skip }, async () => {
  const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' }
  failed(await deployment.run('deploy', nobody), /✖ AWS account .*\n.*→ set AWS_PROFILE, or AWS_ACCESS_KEY_ID/)
  failed(await deployment.run('deploy', { DB_HOST: '127.0.0.1' }), /✖ Variable .*DB_HOST=127\.0\.0\.1 is this machine/)
  const wrong = { AWS_REGION: 'Seoul', BUCKET_NAME: 'A' }
  failed(await deployment.run('deploy', wrong), /AWS_REGION=Seoul .*\n.*BUCKET_NAME=A /)
  assert.deepEqual(await deployment.writes(), [])
})

test('a push that the registry refuses stops the deployment before the functions', { skip }, async () => {
  const { registry } = deployment.cloud
  registry.refuses = true
  failed(await deployment.run('deploy'), /✖ images.*The push of .*:rds failed: .*refused for the test/s)
  registry.refuses = false
  const writes = await deployment.writes()
  assert.ok(writes.some((write) => write.startsWith('create aws_ecr_repository.')))
  assert.ok(!writes.some((write) => write.includes('aws_lambda_function')))
})

test('a resource that AWS refuses is told, without what went well before it', { skip }, async () => {
  const env = { AWS_DRY_RUN_FAIL: 'aws_lambda_function.migrate=AccessDenied: no' }
  const refused = /✖ services.*Error: create of aws_lambda_function \(rds-migrate\) failed: AccessDenied: no/s
  failed(await deployment.run('deploy', env), refused)
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
  const migration =
    /✖ migrations.*rds-migrate failed: Error: migration 2 \(add email\): Dup.*make logs FUNCTION=rds-migrate/s
  failed(await deployment.run('deploy'), migration)
  const kinds = /^create aws_(lambda_function|iam_role|ecr_repository|db_instance)\./
  const created = (await deployment.writes()).filter((write) => kinds.test(write))
  assert.deepEqual(created, [...new Set(created)])
})

test('deployed, the images that were pushed pass the smoke test', { skip }, async () => {
  deployment.cloud.migrationError = undefined
  const run = await deployment.run('deploy')
  succeeded(run)
  assert.match(
    run.output,
    /✔ migrations .*create Users.*✔ smoke test .*^ {2}rds +https:\/\/.*\n {2}s3 +https:\/\/.*^ {2}curl https:.*\/rds\n/ms,
  )
  const stack = await readFile(join(deployment.folder, 'cdktf.out/stacks/service/cdk.tf.json'), 'utf8')
  assert.match(JSON.parse(stack).data.aws_ecr_image.rds.image_digest, /^sha256:/)
  const { output } = await deployment.run('smoke')
  for (const laps of [/rds: GET \/rds \d+ ms, POST \/rds \d+ ms/, /s3: POST \/s3 \d+ ms, GET \/s3 \d+ ms/])
    assert.match(output, laps)
})

test('again, it changes nothing and says so', { skip }, async () => {
  const { registry, aws } = deployment.cloud
  const [writes, uploads] = [await deployment.writes(), registry.uploads]
  const run = await deployment.run('deploy')
  succeeded(run)
  assert.match(run.output, /^Nothing had to change, [\d.]+ s\.$/m)
  assert.deepEqual(await deployment.writes(), writes)
  assert.equal(registry.uploads, uploads)
  assert.ok(!run.output.includes(registry.password))
  const tokens = aws.calls.filter((call) => call === 'GetAuthorizationToken')
  assert.ok(tokens.length > 1, 'each run has a token of its own')
})

test('a change of one function is deployed alone, from digest to digest, and what fails then offers a rollback', {
  skip,
}, async () => {
  const before = (await deployment.writes()).length
  await appendFile(join(deployment.folder, 'functions', 's3', 'index.ts'), "\nexport const changed = 'for the test'\n")
  deployment.cloud.migrationError = { errorType: 'Error', errorMessage: 'for the test' }
  const run = await deployment.run('deploy')
  failed(run, /✖ migrations.*for the test.*The new s3 is live: make rollback undoes that/s)
  assert.match(run.output, /^ {2}s3: sha256:\w{12} → sha256:\w{12}\n✔ images {5}pushed s3 /m)
  assert.deepEqual((await deployment.writes()).slice(before), ['update aws_lambda_function.s3'])
})

test('rolled back after asking, the last deployment is undone, and the next plan finds nothing to do', {
  skip,
}, async () => {
  const CONFIRM = deployment.cloud.env.PROJECT
  const before = (await deployment.writes()).length
  const releases = async () => (await deployment.run('releases', { FUNCTION: 's3' })).output
  const [first = '', second = ''] = digestsIn(await releases())
  const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC'
  assert.match(await releases(), new RegExp(`^ {2}live {2}${first}\\w+ {2}${time}\n {8}${second}`, 'm'))
  failed(await deployment.run('rollback'), /No terminal to ask on: make rollback CONFIRM=deploy-test/)
  const IMAGE_RDS = `sha256:${'0123456789abcdef'.repeat(4)}`
  failed(await deployment.run('rollback', { IMAGE_RDS }), /IMAGE_RDS names the image that runs/)

  const run = await deployment.run('rollback', { CONFIRM })
  succeeded(run)
  assert.deepEqual(digestsIn(run.output), [first, second])
  assert.match(run.output, /migrations only go forward.*✔ smoke test/s)
  assert.deepEqual((await deployment.writes()).slice(before), ['update aws_lambda_function.s3'])
  assert.match(await releases(), new RegExp(`^ {2}live {2}${second}.*\n {8}${first}`, 'm'))
  assert.match((await deployment.run('diff')).output, /service:\n+.*No changes.*Cost: about \$\d/s)
  failed(await deployment.run('rollback', { CONFIRM }), /Nothing was live before/)
  failed(
    await deployment.run('rollback', { CONFIRM, DIGEST: 'sha256:' }),
    /DIGEST=sha256: begins the digests of 3 images/,
  )
  const there = await deployment.run('rollback', { CONFIRM, DIGEST: first })
  succeeded(there)
  assert.deepEqual(digestsIn(there.output), [second, first])
})

test('destroying asks, and leaves what is protected alone', { skip }, async () => {
  const before = await deployment.writes()
  const CONFIRM = deployment.cloud.env.PROJECT
  const kept = /Protected, so nothing is destroyed:\n.*the database deploy-test/s
  failed(await deployment.run('destroy', { CONFIRM }), kept)
  assert.deepEqual(await deployment.writes(), before)
})

test('another environment has names and a state of its own', { skip }, async () => {
  const run = await deployment.run('diff', { ENVIRONMENT: 'staging' })
  assert.match(
    run.output,
    /\+ name += "staging-deploy-test-\d+".*The images are not in the registry yet: `make deploy`/s,
  )
})
