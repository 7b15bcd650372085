/** Both APIs as one has them who has made types by openapi-typescript. */
import createClient from 'openapi-fetch'
import type { paths as Users } from './rds.types'
import type { paths as Files } from './s3.types'
import { tour } from './tour'

const baseUrl = process.argv[2] ?? ''
const users = createClient<Users>({ baseUrl })
const files = createClient<Files>({ baseUrl })

await tour({
  createUser: (body) => users.POST('/rds', { body }),
  listUsers: (after) => users.GET('/rds', { params: { query: { limit: 1, after } } }),
  getUser: (id) => users.GET('/rds/{id}', { params: { path: { id } } }),
  replaceUser: (id, body) => users.PUT('/rds/{id}', { params: { path: { id } }, body }),
  deleteUser: (id) => users.DELETE('/rds/{id}', { params: { path: { id } } }),
  uploadFile: (file) => {
    const form = new FormData()
    form.append('file', file)
    return files.POST('/s3', { body: { file: '' }, bodySerializer: () => form })
  },
  startUpload: (filename, size) =>
    files.POST('/s3/uploads', { body: { filename, size, contentType: 'application/octet-stream' } }),
  linkFile: (filename) => files.GET('/s3', { params: { query: { filename, verify: true } } }),
})
