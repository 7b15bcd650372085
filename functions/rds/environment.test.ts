import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEnvironment } from '../http/read-environment.ts'
import { rdsEnvironmentSchema } from './environment.ts'

const complete = { DB_HOST: 'db.example.com', DB_USER: 'user', DB_PASS: 'hunter2', DB_NAME: 'app' }

test('host, user and database are enough', () => {
  assert.deepEqual(readEnvironment(rdsEnvironmentSchema, complete), {
    ...complete,
    DB_PORT: 3306,
    DB_TLS: true,
    CORS_ORIGIN: '*',
    LOG_LEVEL: 'info',
  })
})

test('every problem is told at once, by name, and no password is in it', () => {
  const variables = { DB_PASS: 'hunter2', DB_PORT: '65536', DB_TLS: 'yes', LOG_LEVEL: 'loud' }
  assert.throws(
    () => readEnvironment(rdsEnvironmentSchema, variables),
    ({ message }: Error) => {
      for (const problem of [
        'DB_HOST is missing',
        'DB_PORT must be an integer from 1 to 65535',
        'DB_USER and DB_PASS, or DB_SECRET_ID, are missing',
        'DB_NAME is missing',
        'DB_TLS must be true or false',
        'LOG_LEVEL must be',
      ]) {
        assert.ok(message.includes(problem), `${problem} is not in: ${message}`)
      }
      return !message.includes('hunter2')
    },
  )
})

test('user and password come from the environment or from a secret', () => {
  const { DB_USER, ...others } = complete
  assert.throws(
    () => readEnvironment(rdsEnvironmentSchema, others),
    /: DB_USER and DB_PASS, or DB_SECRET_ID, are missing\./,
  )
  assert.throws(
    () => readEnvironment(rdsEnvironmentSchema, { ...others, DB_USER: '', DB_SECRET_ID: '' }),
    /or DB_SECRET_ID, are missing/,
  )
  assert.equal(readEnvironment(rdsEnvironmentSchema, { ...others, DB_SECRET_ID: 'arn:x' }).DB_SECRET_ID, 'arn:x')
  assert.equal(readEnvironment(rdsEnvironmentSchema, { ...others, DB_USER }).DB_USER, 'user')
})

test('TLS is on unless the database is on this machine, or as DB_TLS says', () => {
  const tls = (variables: object) => readEnvironment(rdsEnvironmentSchema, { ...complete, ...variables }).DB_TLS
  for (const DB_HOST of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '/run/mysqld/mysqld.sock'])
    assert.equal(tls({ DB_HOST }), false, DB_HOST)
  for (const DB_HOST of ['127.0.0.1.example.com', 'localhost.example.com', 'my.rds.amazonaws.com'])
    assert.equal(tls({ DB_HOST }), true, DB_HOST)
  assert.equal(tls({ DB_TLS: 'false' }), false)
  assert.equal(tls({ DB_HOST: 'localhost', DB_TLS: 'true' }), true)
})

test('TLS needs a host name, since a certificate is held against it', () => {
  for (const DB_HOST of ['10.0.0.1', '127.0.0.1', '2001:db8::1', '::1', '/run/mysqld.sock']) {
    assert.throws(
      () => readEnvironment(rdsEnvironmentSchema, { ...complete, DB_HOST, DB_TLS: 'true' }),
      /: DB_HOST must be a host name where DB_TLS is on, .* use a name, or DB_TLS=false\./,
    )
    assert.equal(readEnvironment(rdsEnvironmentSchema, { ...complete, DB_HOST, DB_TLS: 'false' }).DB_TLS, false)
  }
  assert.throws(
    () => readEnvironment(rdsEnvironmentSchema, { ...complete, DB_HOST: '10.0.0.1' }),
    /DB_HOST must be a host name/,
  )
})
