import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConflictError, InvalidInputError, UnavailableError } from '../http/caller-errors.ts'
import { couldNotConnect, toCallerError } from './errors.ts'

const ofServer = (...numbers: number[]) =>
  numbers.map((errno) => Object.assign(new Error('secret'), { errno, code: 'ER_X', sqlState: 'HY000' }))
const ofSystem = (...codes: string[]) => codes.map((code) => Object.assign(new Error('secret'), { code, errno: -111 }))

const closed = new Error("Can't add new command when connection is in closed state")
const table: [expected: new (...args: never[]) => Error, Error[]][] = [
  [InvalidInputError, ofServer(1048, 1264, 1366, 1406, 3819)],
  [ConflictError, ofServer(167, 1062, 1451)],
  [UnavailableError, ofServer(1040, 1205, 1213, 1290, 1836, 1053, 1317, 4031)],
  [UnavailableError, [...ofSystem('ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'PROTOCOL_CONNECTION_LOST'), closed]],
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

test('other errors, which are our fault, and UnavailableError stay unchanged', () => {
  const ours = [...ofServer(1045, 1044, 1049, 1146, 1054, 1064), ...ofSystem('ERR_INVALID_ARG_TYPE', 'EE_WRITE')]
  const certificate = ofSystem('DEPTH_ZERO_SELF_SIGNED_CERT')
  for (const error of [...ours, ...certificate, new TypeError('x'), couldNotConnect(new Error('x'))])
    assert.equal(toCallerError(error), error)
})
