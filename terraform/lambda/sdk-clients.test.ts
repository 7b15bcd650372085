import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { Database } from '../database/mysql.ts'
import { createStacks } from '../stacks.ts'
import { ImageFunction } from './image-function.ts'
import { sdkClients } from './sdk-clients.ts'
import { environmentOf } from './variables.ts'

test('the services that a function calls are read from its sources, and from what these import', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'clients-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const sources = {
    'notes/queue.ts':
      "import type { S3Client } from '@aws-sdk/client-s3'\nimport { SQSClient } from '@aws-sdk/client-sqs'\n",
    'notes/deep/ly.ts': "await import('@aws-sdk/client-dynamodb')\nawait import('../../http/secrets.ts')\n",
    'notes/notes.test.ts': "import '@aws-sdk/client-iam'\n",
    'http/secrets.ts': "import secretsManager from '@middy/secrets-manager'\n",
    'other/other.ts': "import '@aws-sdk/client-sns'\n",
  }
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  assert.deepEqual(sdkClients('notes', folder), ['dynamodb', 'secrets-manager', 'sqs'])
})

test('a client in a function in the VPC, which has no route to its service, stops the synthesis', () => {
  const of = (clients: string[]) =>
    createStacks({}, (service) => {
      const database = new Database(service, 'database')
      new ImageFunction(service, 'notes', { environment: environmentOf(v.object({})), database, timeout: 1, clients })
    }).problems
  assert.deepEqual(of(['secrets-manager']), [])
  assert.match(of(['sqs', 'secrets-manager']).join(), /^function notes calls sqs from a VPC that has no route to it: /)
})
