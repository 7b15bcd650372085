import assert from 'node:assert/strict'
import { UnavailableError } from '../../functions/http/caller-errors.ts'

/** Asserts that a call rejects as unavailable with this message, in time for an answer. */
export const endsAsUnavailable = (message: string) => async (call: Promise<unknown>) => {
  const start = performance.now()
  await assert.rejects(call, (error: Error) => {
    assert.ok(error instanceof UnavailableError, `${error.name}: ${error.message}`)
    return error.message === message
  })
  assert.ok(performance.now() - start < 10_000, `took ${performance.now() - start} ms`)
}
