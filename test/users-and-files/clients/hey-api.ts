/** Both APIs as one has them who has made clients by hey-api. */
import { createUser, deleteUser, getUser, listUsers, replaceUser } from './rds'
import { client as users } from './rds/client.gen'
import { linkFile, startUpload, uploadFile } from './s3'
import { client as files } from './s3/client.gen'
import { tour } from './tour'

const baseUrl = process.argv[2] ?? ''
users.setConfig({ baseUrl })
files.setConfig({ baseUrl })

await tour({
  createUser: (body) => createUser({ body }),
  listUsers: (after) => listUsers({ query: { limit: 1, after } }),
  getUser: (id) => getUser({ path: { id } }),
  replaceUser: (id, body) => replaceUser({ path: { id }, body }),
  deleteUser: (id) => deleteUser({ path: { id } }),
  uploadFile: (file) => uploadFile({ body: { file, filename: 'hey/tour.bin' } }),
  startUpload: (filename, size) => startUpload({ body: { filename, size } }),
  linkFile: (filename) => linkFile({ query: { filename, verify: true } }),
})
