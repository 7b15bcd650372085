/** Deployments with closed APIs, end to end, and leaks of their database's password. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { stateIn } from '../helpers/cloud.ts'
import { cannotDeploy, createDeployment, type Deployment, type Run } from '../helpers/deployment.ts'

const skip = await cannotDeploy()
const PLANTED = `planted-${Math.random().toString(36).slice(2)}`
const outputs: string[] = []

let deployment: Deployment
before(async () => {
  if (!skip) deployment = await createDeployment()
})
after(() => deployment?.stop())

/** Deploys beside a given database, whose password is in a secret and in the deployer's environment. */
async function deploy(API_SECURITY: string, more: Readonly<Record<string, string>> = {}): Promise<Run> {
  const database = { DB_HOST: 'db.example.com', DB_USER: 'app', DB_SECRET_ID: 'rds-db-credentials/app' }
  const run = await deployment.run('deploy', { API_SECURITY, ...database, DB_PASS: PLANTED, ...more })
  outputs.push(run.output)
  return run
}

const tried = (kind: string) => new RegExp(`✔ smoke test strangers are refused \\(${kind}\\); a user .*; a file keeps`)

test('iam: refuses strangers, and admits the deployer by signature', { skip }, async () => {
  // RDS's service-linked role may appear after an account's first database.
  const AWS_DRY_RUN_FAIL = 'aws_lambda_function.rds=Verify that you have permission to create service linked role.'
  const { output } = await deploy('iam', { AWS_DRY_RUN_FAIL })
  assert.match(output, tried('iam'))
  assert.doesNotMatch(output, /⚠/)
})

test('keeps APIs closed when the setting is missing, until ALLOW_OPENING confirms it', { skip }, async () => {
  const writes = await deployment.writes()
  const { status, output } = await deploy('')
  assert.equal(status, 1, output)
  assert.match(output, /✖ doctor.*API_SECURITY is open, but deployed is iam.*ALLOW_OPENING=1/s)
  assert.deepEqual(await deployment.writes(), writes)
})

test('api-key: admits the deployment’s own key, and hides it', { skip }, async () => {
  const { output } = await deploy('api-key', { ALLOW_OPENING: '1' })
  assert.match(output, tried('api-key'))
  const value: string = (await stateIn(deployment.folder)).outputs.api_key?.value ?? ''
  assert.ok(value.length > 5 && !output.includes(value))
})

test('the password is in no file, image, output or log of a deployment with DB_SECRET_ID', { skip }, async () => {
  const secrets = [PLANTED, deployment.cloud.database.password]
  const deployed = new Set((await stateIn(deployment.folder)).images.values())
  assert.deepEqual(filesWith(PLANTED), [])
  for (const secret of secrets) assert.ok(![...outputs, ...deployment.cloud.log].some((text) => text.includes(secret)))
  assert.ok(deployment.cloud.log.length > 0)
  const others = ['Internal Server Error', 'index.handler']
  for (const image of deployed) assert.deepEqual(inImage(image, [...others, ...secrets]), others)
})

test('with DB_PASS the same search finds the password in Terraform’s state', { skip }, async () => {
  const { status, output } = await deploy('open', { DB_SECRET_ID: '', ALLOW_OPENING: '1' })
  assert.equal(status, 0, output)
  assert.ok(!output.includes(PLANTED))
  const files = filesWith(PLANTED).map((file) => file.replace(/\.backup$/, ''))
  assert.deepEqual(new Set(files), new Set(['./terraform.service.tfstate', './terraform.log']))
})

/** Files of the deployment's folder that contain this text, states and logs included, without those of the cloud. */
function filesWith(text: string): string[] {
  const args = ['--recursive', '--files-with-matches', '--fixed-strings', '--exclude-dir=.local', text, '.']
  const { stdout } = spawnSync('grep', args, { cwd: deployment.folder, encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean)
}

/** Texts found in the configuration and the files of an image. */
function inImage(image: string, texts: readonly string[]): string[] {
  const script = `id=$(docker create "$0")
    { docker image inspect "$0"; docker export $id; } | LC_ALL=C grep --text --only-matching --fixed-strings "$1" | sort -u
    docker rm $id >/dev/null`
  const { stdout } = spawnSync('sh', ['-c', script, image, texts.join('\n')], { encoding: 'utf8' })
  return stdout.trim().split('\n').sort()
}
