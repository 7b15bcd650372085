import { isDeepStrictEqual } from 'node:util'
import type { SmokeTest } from '../http/smoke.ts'
import type { api } from './api.ts'

/** Creates, reads and deletes a user. */
export const smoke: SmokeTest<typeof api> = async (call) => {
  const wanted = { name: 'Smoke Test 김', age: 42 }
  const { user } = await call('POST /rds', { json: wanted })
  const path = { id: user.id }
  const read = await call('GET /rds/{id}', { path })
  if (!isDeepStrictEqual(read, { user: { ...path, ...wanted } }))
    throw new Error(`The user came back changed: ${JSON.stringify(read)}`)
  await call('DELETE /rds/{id}', { path })
  await call('GET /rds/{id}', { path, status: 404 })
  return 'a user is created, read and deleted'
}
