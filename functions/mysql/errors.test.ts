import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConflictError, InvalidInputError, UnavailableError } from '../http/caller-errors.ts'
import { couldNotConnect, isConnectionError, toCallerError } from './errors.ts'

const mysqlError = (errno: number) => Object.assign(new Error('secret'), { errno, code: 'ER_X', sqlState: 'HY000' })
const systemError = (code: string) => Object.assign(new Error('secret'), { code, errno: -111 })

const system = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'PROTOCOL_CONNECTION_LOST'].map(systemError)
const closed = new Error("Can't add new command when connection is in closed state")
const table: [expected: new (...args: never[]) => Error, Error[]][] = [
  [InvalidInputError, [1048, 1264, 1366, 1406, 3819].map(mysqlError)],
  [ConflictError, [167, 1062, 1451].map(mysqlError)],
  [UnavailableError, [1040, 1205, 1213, 1290, 1836, 1053, 1317, 4031].map(mysqlError)],
  [UnavailableError, [...system, closed]],
]
for (const [expected, causes] of table) {
  test(`${causes.map(({ message, ...error }) => Object.values(error)[0] ?? message)} become ${expected.name}`, () => {
    for (const cause of causes) {
      const error = toCallerError(cause) as Error
      assert.ok(error instanceof expected, String(Object.values(cause)))
      assert.doesNotMatch(error.message, /secret/)
      assert.equal(error.cause, cause)
    }
  })
}

test('others are a fault of ours, and leave the connection', () => {
  const codes = ['ERR_INVALID_ARG_TYPE', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'EE_WRITE'].map(systemError)
  for (const error of [...[1045, 1044, 1049, 1146, 1054, 1064].map(mysqlError), ...codes, new TypeError('x')]) {
    assert.equal(toCallerError(error), error)
    assert.equal(isConnectionError(error), false)
  }
})

test('what is unavailable already stays so', () => {
  const error = couldNotConnect(new Error('x'))
  assert.equal(toCallerError(error), error)
  assert.equal(isConnectionError(error), true)
})
