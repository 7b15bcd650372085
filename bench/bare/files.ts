/** Our use cases on files without the stack around them: the form is cut where the file is known to be. */
import type { APIGatewayProxyEvent } from 'aws-lambda'
import { json } from '../../functions/http/request.ts'
import { readS3Environment } from '../../functions/s3/environment.ts'
import { createFiles } from '../../functions/s3/files.ts'
import { createObjectStore, createS3Client } from '../../functions/s3/object-store.ts'
import { fileOf } from './form.ts'

const { BUCKET_NAME, URL_EXPIRES_IN } = readS3Environment()
const files = createFiles(createObjectStore(createS3Client(), BUCKET_NAME), URL_EXPIRES_IN)

export const handler = async (event: APIGatewayProxyEvent) => {
  if (event.httpMethod === 'GET') {
    return json(200, await files.link({ filename: event.queryStringParameters?.filename ?? '', verify: false }))
  }
  const { filename, content, contentType } = fileOf(event)
  return json(200, {
    message: 'File uploaded!',
    file: await files.upload({ filename, file: { content, contentType } }),
  })
}
