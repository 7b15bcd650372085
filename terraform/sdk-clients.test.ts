import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { sdkClients } from './sdk-clients.ts'

const root = resolve(import.meta.dirname, '..')

test('the services that the functions call are read from their sources', () => {
  assert.deepEqual(sdkClients('rds'), ['secrets-manager'])
  assert.deepEqual(sdkClients('s3'), ['s3'])
})

test('another client in the function in the VPC stops the synthesis', (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'clients-'))
  t.after(() => rmSync(copy, { recursive: true }))
  for (const folder of ['functions', 'tools', 'terraform'])
    cpSync(join(root, folder), join(copy, folder), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  writeFileSync(
    join(copy, 'functions/rds/queue.ts'),
    "import type { S3Client } from '@aws-sdk/client-s3'\nimport { SQSClient } from '@aws-sdk/client-sqs'\n",
  )
  const options = { cwd: copy, env: { PATH: process.env.PATH }, encoding: 'utf8' } as const
  const { stderr } = spawnSync(process.execPath, ['terraform/main.ts'], options)
  const told = stderr.match(/(?<=^ {2}function ).*(?= from a VPC that has no route to it)/gm)
  assert.deepEqual(told, ['rds calls sqs', 'rds-migrate calls sqs'])
})
