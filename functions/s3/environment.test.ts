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

test('every problem is told at once, by name', () => {
  assert.throws(
    () => readEnvironment(s3EnvironmentSchema, { URL_EXPIRES_IN: '3601' }),
    /BUCKET_NAME is missing; URL_EXPIRES_IN must be an integer from 1 to 3600\./,
  )
  for (const wrong of ['0', '-1', '1.5']) {
    assert.throws(
      () => readEnvironment(s3EnvironmentSchema, { BUCKET_NAME: 'b', URL_EXPIRES_IN: wrong }),
      /URL_EXPIRES_IN must be/,
    )
  }
})
