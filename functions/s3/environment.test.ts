import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEnvironment } from '../http/read-environment.ts'
import { s3EnvironmentSchema } from './environment.ts'

test('a bucket is enough', () => {
  assert.deepEqual(readEnvironment(s3EnvironmentSchema, { BUCKET_NAME: 'b' }), {
    BUCKET_NAME: 'b',
    URL_EXPIRES_IN: 3600,
    CORS_ORIGIN: '*',
    LOG_LEVEL: 'info',
  })
})

test('links are good for an hour at most', () => {
  for (const URL_EXPIRES_IN of ['0', '3601'])
    assert.throws(
      () => readEnvironment(s3EnvironmentSchema, { BUCKET_NAME: 'b', URL_EXPIRES_IN }),
      /: URL_EXPIRES_IN must be an integer from 1 to 3600\./,
    )
})
