import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import { buildQueryString, HttpRequest } from '@smithy/core/protocols'

/** What a URL of an object is made from, but for its key: the same for all of a bucket. */
async function bucketAddress(client: S3Client, Bucket: string) {
  const { url, properties } = await getEndpointFromInstructions({ Bucket, Key: 'key' }, GetObjectCommand, client.config)
  const [scheme] = (properties?.authSchemes ?? []) as { signingRegion?: string }[]
  const region = scheme?.signingRegion ?? (await client.config.region())
  return { url, presigner: new S3RequestPresigner({ ...client.config, region }) }
}

/**
 * Makes presigned URLs that download objects of a bucket, as the SDK's `getSignedUrl` does and by its signer, in a fifth of the time: that one
 * sends a command down the client's whole middleware stack, only to stop it before the end.
 */
export function createPresignGet(client: S3Client, bucket: string) {
  let address: ReturnType<typeof bucketAddress> | undefined
  /** @param expiresIn seconds. @param signingDate when it begins. @default now */
  return async (key: string, contentDisposition: string, expiresIn: number, signingDate = new Date()) => {
    address ??= bucketAddress(client, bucket)
    const { url, presigner } = await address
    const { protocol, hostname, port, pathname } = url
    const request = new HttpRequest({
      method: 'GET',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: `${pathname.replace(/\/$/, '')}/${key.split('/').map(encode).join('/')}`,
      query: { 'response-content-disposition': contentDisposition, 'x-id': 'GetObject' },
    })
    const { path, query } = await presigner.presign(request, { expiresIn, signingDate })
    return `${url.origin}${path}?${buildQueryString(query ?? {})}`
  }
}

/** Percent-encoding as Signature Version 4 has it: RFC 3986, stricter than JavaScript's. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
