// Like users.js, with the SDK used as documented.
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

const { BUCKET_NAME } = process.env
const client = new S3Client({})

export async function upload(filename, content, contentType) {
  const { ETag } = await client.send(
    new PutObjectCommand({ Bucket: BUCKET_NAME, Key: filename, Body: content, ContentType: contentType }),
  )
  const file = { filename, size: content.length, contentType, etag: ETag.replaceAll('"', '') }
  return { message: 'File uploaded!', file }
}

export async function link(filename) {
  const command = new GetObjectCommand({
    Bucket: BUCKET_NAME,
    Key: filename,
    ResponseContentDisposition: `attachment; filename="${filename.split('/').at(-1)}"`,
  })
  return { url: await getSignedUrl(client, command, { expiresIn: 3600 }), expiresIn: 3600 }
}
