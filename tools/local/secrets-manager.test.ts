import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { startSecretsManager } from './secrets-manager.ts'
import { REGION } from './sigv4.ts'

const credentials = { accessKeyId: 'AKIALOCAL', secretAccessKey: 'secret' }
const arn = `arn:aws:secretsmanager:${REGION}:123456789012:secret:prod/key`
const lines: string[] = []
const server = await startSecretsManager(credentials, (line) => lines.push(line))
server.secrets = { [arn]: 'hush' }
after(() => server.stop())

const client = (secretAccessKey = credentials.secretAccessKey) =>
  new SecretsManagerClient({
    endpoint: server.endpoint,
    region: REGION,
    credentials: { ...credentials, secretAccessKey },
    maxAttempts: 1,
  })

test('a secret is given by its ARN and by its name', async () => {
  for (const SecretId of [arn, 'prod/key']) {
    const { SecretString, ARN, Name } = await client().send(new GetSecretValueCommand({ SecretId }))
    assert.deepEqual([SecretString, ARN, Name], ['hush', arn, 'prod/key'])
  }
})

test('nobody without the credentials is told, and nobody of what is not there', async () => {
  const ask = new GetSecretValueCommand({ SecretId: arn })
  await assert.rejects(client('guess').send(ask), { name: 'UnrecognizedClientException' })
  const unsigned = await fetch(server.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: arn }),
  })
  assert.deepEqual([unsigned.status, (await unsigned.text()).includes('hush')], [400, false])
  await assert.rejects(client().send(new GetSecretValueCommand({ SecretId: 'key' })), {
    name: 'ResourceNotFoundException',
  })
  assert.match(lines.join('\n'), /^a function asked for the secret key, which this Terraform does not create: /)
  await assert.rejects(client().send(new DescribeSecretCommand({ SecretId: arn })), { name: 'InvalidAction' })
})
