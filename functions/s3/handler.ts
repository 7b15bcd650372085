import { json } from '../http/api-definition.ts'
import { httpStack } from '../http/http-stack.ts'
import { jsonBody } from '../http/json-body.ts'
import { multipartBody } from '../http/multipart/multipart-body.ts'
import { readEnvironment } from '../http/read-environment.ts'
import { answers } from '../http/routing.ts'
import { validate } from '../http/validation.ts'
import { api } from './api.ts'
import { s3EnvironmentSchema } from './environment.ts'
import { createFiles } from './files.ts'
import { createObjectStore, createS3Client } from './object-store.ts'

const environment = readEnvironment(s3EnvironmentSchema)
const files = createFiles(createObjectStore(createS3Client(), environment.BUCKET_NAME), environment.URL_EXPIRES_IN)

export const handler = httpStack(api, environment)
  .use(jsonBody())
  .use(multipartBody('for larger files, use POST /s3/uploads'))
  .use(validate())
  .handler(
    answers(api, {
      'GET /s3': async ({ query }) => json(200, await files.link(query)),

      'POST /s3': async ({ body }) => json(200, { message: 'File uploaded!', file: await files.upload(body) }),

      'POST /s3/uploads': async ({ body }) => json(200, await files.startUpload(body)),
    }),
  )
