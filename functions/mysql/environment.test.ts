import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { readEnvironment } from '../http/read-environment.ts'
import { mysqlEnvironment, usesTls } from './environment.ts'

const complete = { DB_HOST: 'db.example.com', DB_USER: 'user', DB_PASS: 'hunter2', DB_NAME: 'app' }
const { DB_USER, ...without } = complete
const read = (variables: Record<string, string>) =>
  readEnvironment(mysqlEnvironment({ OWN: v.optional(v.string()) }), variables)

test('host, user and database are enough, and a function may add variables', () => {
  const defaults = { DB_PORT: 3306, CORS_ORIGIN: '*', LOG_LEVEL: 'info' }
  assert.deepEqual(read({ ...complete, OWN: 'x' }), { ...complete, ...defaults, OWN: 'x' })
})

test('user and password come from the environment or from a secret', () => {
  for (const missing of [without, { ...without, DB_USER: '', DB_SECRET_ID: '' }])
    assert.throws(() => read(missing), /: DB_USER and DB_PASS, or DB_SECRET_ID, are missing\./)
  assert.equal(read({ ...without, DB_SECRET_ID: 'arn:x' }).DB_SECRET_ID, 'arn:x')
})

test('TLS follows DB_TLS, and is off by default only for a local database; it needs a host name to verify', () => {
  const problem = /: DB_HOST must be a host name: .* Set a name, or DB_TLS=false\./
  for (const DB_HOST of ['127.0.0.1', '127.1.2.3', '::1', '/run/mysqld/mysqld.sock', 'localhost']) {
    assert.equal(usesTls(read({ ...complete, DB_HOST })), false, DB_HOST)
    if (DB_HOST !== 'localhost') assert.throws(() => read({ ...complete, DB_HOST, DB_TLS: 'true' }), problem)
  }
  assert.equal(usesTls(read({ ...complete, DB_HOST: 'localhost', DB_TLS: 'true' })), true)
  for (const DB_HOST of ['127.0.0.1.example.com', 'localhost.example.com', 'my.rds.amazonaws.com'])
    assert.equal(usesTls(read({ ...complete, DB_HOST })), true, DB_HOST)
  for (const DB_HOST of ['10.0.0.1', '2001:db8::1']) {
    assert.throws(() => read({ ...complete, DB_HOST }), problem)
    assert.equal(usesTls(read({ ...complete, DB_HOST, DB_TLS: 'false' })), false)
  }
})
