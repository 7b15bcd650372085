import { jsonBody } from '../http/json-body.ts'
import { json } from '../http/request.ts'
import { route } from '../http/route.ts'
import { createHandler } from '../http/stack.ts'
import { readS3Environment } from './environment.ts'
import { createFiles } from './files.ts'
import { multipartBody } from './multipart-body.ts'
import { createObjectStore, createS3Client } from './object-store.ts'
import { fileUpload, linkQuery, uploadRequest } from './schema.ts'

const environment = readS3Environment()
const files = createFiles(createObjectStore(createS3Client(), environment.BUCKET_NAME), environment.URL_EXPIRES_IN)

const routes = {
  'POST /s3': route({
    body: multipartBody(fileUpload),
    handle: async ({ body }) => json(200, { message: 'File uploaded!', file: await files.upload(body) }),
  }),

  'GET /s3': route({
    query: linkQuery,
    handle: async ({ query }) => json(200, await files.link(query)),
  }),

  'POST /s3/uploads': route({
    body: jsonBody(uploadRequest),
    handle: async ({ body }) => json(200, await files.startUpload(body)),
  }),
}

export const handler = createHandler({ environment, routes })
