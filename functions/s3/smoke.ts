import type { SmokeTest } from '../http/smoke.ts'
import type { api } from './api.ts'

/** The API cannot delete files, so each run replaces the previous one. */
const filename = 'smoke-test.bin'

/** Uploads a file and downloads it by its presigned URL. */
export const smoke: SmokeTest<typeof api> = async (call) => {
  // All byte values, ascending and descending: some sequences are valid UTF-8 in one order only.
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => (index < 256 ? index : 511 - index))
  const form = new FormData()
  form.set('file', new Blob([bytes], { type: 'application/octet-stream' }), filename)
  await call('POST /s3', { form })
  const { url } = await call('GET /s3', { query: { filename } })
  // A presigned URL carries its authorization.
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) })
  const downloaded = await response.bytes()
  if (response.status !== 200)
    throw new Error(`The presigned URL answered ${response.status}: ${new TextDecoder().decode(downloaded)}`)
  if (Buffer.compare(bytes, downloaded) !== 0)
    throw new Error(`${filename} came back changed: is multipart/form-data still a binary media type of the API?`)
  return 'a file keeps its bytes'
}
