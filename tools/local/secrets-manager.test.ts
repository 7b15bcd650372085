import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { startSecretsManager } from './secrets-manager.ts'
import { REGION } from './sigv4.ts'

const credentials = { accessKeyId: 'AKIALOCAL', secretAccessKey: 'secret' }
const arn = `arn:aws:secretsmanager:${REGION}:123456789012:secret:prod/key`
const lines: string[] = []
const server = await startSecretsManager(credentials, (line) => lines.push(line))
server.secrets = { [arn]: 'hush' }
after(() => server.stop())

function ask(SecretId: string, secretAccessKey = credentials.secretAccessKey) {
  const signer = { ...credentials, secretAccessKey }
  const client = new SecretsManagerClient({ endpoint: server.endpoint, region: REGION, credentials: signer })
  return client.send(new GetSecretValueCommand({ SecretId }))
}

test('finds a secret by ARN and by name', async () => {
  for (const id of [arn, 'prod/key']) {
    const { SecretString, ARN, Name } = await ask(id)
    assert.deepEqual([SecretString, ARN, Name], ['hush', arn, 'prod/key'])
  }
})

test('refuses wrong credentials and missing secrets', async () => {
  await assert.rejects(ask(arn, 'guess'), { name: 'UnrecognizedClientException' })
  const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue' }
  const unsigned = await fetch(server.endpoint, { method: 'POST', headers, body: JSON.stringify({ SecretId: arn }) })
  assert.deepEqual([unsigned.status, (await unsigned.text()).includes('hush')], [400, false])
  await assert.rejects(ask('key'), { name: 'ResourceNotFoundException' })
  assert.match(lines.join('\n'), /^a function asked for the secret key, which this Terraform does not create: /)
})
