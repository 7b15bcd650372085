import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConflictError, InvalidInputError, UnavailableError } from '../http/caller-errors.ts'
import { couldNotConnect, isConnectionError, toCallerError } from './errors.ts'

const mysqlError = (errno: number) => Object.assign(new Error('secret'), { errno, code: 'ER', sqlState: 'HY000' })
const systemError = (code: string) => Object.assign(new Error('secret'), { code, errno: -111 })

describe("MySQL's errors become what the caller can know", () => {
  const table: [errors: number[], expected: new (...args: never[]) => Error][] = [
    [[1048, 1264, 1292, 1366, 1406, 1644, 3819, 3988, 4025], InvalidInputError],
    [[167, 1062, 1451, 1452, 1467], ConflictError],
    [[1040, 1129, 1135, 1203, 1205, 1206, 1213, 1226, 1461, 1969, 3024], UnavailableError],
    [[1036, 1290, 1792, 1836, 1874], UnavailableError],
    [[1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1317, 1927, 3032, 3169, 4031], UnavailableError],
  ]
  for (const [errors, expected] of table) {
    test(`${errors} become ${expected.name}`, () => {
      for (const cause of errors.map(mysqlError)) {
        const error = toCallerError(cause) as Error
        assert.ok(error instanceof expected, String(cause.errno))
        assert.doesNotMatch(error.message, /secret/)
        assert.equal(error.cause, cause)
      }
    })
  }
  test('others are a fault of ours', () => {
    for (const error of [1045, 1044, 1049, 1146, 1054, 1064].map(mysqlError)) assert.equal(toCallerError(error), error)
  })
})

describe('a connection that broke or was never made is unavailable', () => {
  const codes = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'EHOSTUNREACH', 'ENOENT']
  test('for a code of the system or of mysql2', () => {
    for (const cause of [...codes, 'PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT'].map(systemError)) {
      const error = toCallerError(cause) as Error
      assert.ok(error instanceof UnavailableError, cause.code)
      assert.equal(error.message, 'Could not connect to MySQL database')
      assert.equal(isConnectionError(cause), true)
    }
  })
  test('a connection that mysql2 had closed', () => {
    const error = new Error("Can't add new command when connection is in closed state")
    assert.ok(toCallerError(error) instanceof UnavailableError)
  })
  test('what is unavailable already stays so', () => {
    const error = couldNotConnect(new Error('x'))
    assert.equal(toCallerError(error), error)
    assert.equal(isConnectionError(error), true)
  })
  test('an error of another kind is a fault of ours', () => {
    const codes = ['ERR_INVALID_ARG_TYPE', 'DEPTH_ZERO_SELF_SIGNED_CERT']
    for (const error of [new TypeError('x'), ...codes.map(systemError)]) {
      assert.equal(toCallerError(error), error)
      assert.equal(isConnectionError(error), false)
    }
  })
})
