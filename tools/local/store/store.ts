import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { freePort } from '../../process/port.ts'
import type { Credentials } from '../signature.ts'
import type { Store } from '../types.ts'
import { answerCors } from './cors.ts'
import { S3Error } from './errors.ts'
import { ObjectFiles } from './objects.ts'
import { getObject, postObject, putObject } from './operations.ts'
import { verifyRequest } from './signature.ts'

export interface StoreOptions {
  /** Absolute; the objects, the credentials and the port are in there. */
  readonly directory: string
  /** @default 'my-lambda' */
  readonly bucket?: string
}

/** One request, understood as far as its address goes. */
export interface StoreRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly files: ObjectFiles
  readonly credentials: Credentials
  readonly bucket: string
  /** Empty for the bucket itself. */
  readonly key: string
  readonly query: URLSearchParams
}

/** What may stand in the query of an operation on an object; everything else asks for another operation. */
const PARAMETER = /^(x-amz-.*|x-id|response-.*)$/i

/**
 * A private S3 bucket on 127.0.0.1: objects by PUT, GET, HEAD, DELETE, and POST by a form whose policy is enforced. It refuses what
 * S3 refuses: no signature, a wrong one, an expired one, a policy that is not met. Other operations answer NotImplemented.
 */
export async function startStore({ directory, bucket = 'my-lambda' }: StoreOptions): Promise<Store> {
  const { port, ...credentials } = await identity(directory)
  const files = await new ObjectFiles(join(directory, bucket)).open()
  const server = createServer((request, response) => {
    void answer(request, response, (address) => handle({ request, response, files, credentials, ...address }), store)
  })
  const store: Store = {
    endpoint: `http://127.0.0.1:${port}`,
    ...credentials,
    bucket,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return store
}

type Address = Pick<StoreRequest, 'bucket' | 'key' | 'query'>

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  respond: (address: Address) => Promise<void>,
  store: Store,
): Promise<void> {
  const requestId = randomUUID()
  response.setHeader('x-amz-request-id', requestId)
  try {
    if (answerCors(request, response, store.cors)) return
    const address = parseAddress(request.url ?? '/')
    if (address.bucket !== store.bucket) {
      throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: address.bucket })
    }
    await respond(address)
  } catch (cause) {
    if (response.headersSent) return void response.destroy()
    const error = cause instanceof S3Error ? cause : new S3Error('InternalError', (cause as Error).message)
    const body = request.method === 'HEAD' ? '' : error.toXml(requestId)
    response.writeHead(error.status, { 'content-type': 'application/xml' }).end(body)
  }
}

async function handle(context: StoreRequest): Promise<void> {
  const { request, response, files, key, query } = context
  if (request.method === 'POST' && key === '' && query.size === 0) return postObject(context)
  verifyRequest(
    { method: request.method ?? '', path: (request.url ?? '').split('?')[0] ?? '', query, headers: request.headers },
    context.credentials,
  )
  const other = [...query.keys()].some((name) => !PARAMETER.test(name)) || 'x-amz-copy-source' in request.headers
  if (!other && key === '' && request.method === 'HEAD') return void response.end()
  if (other || key === '') {
    throw new S3Error(
      'NotImplemented',
      'The local store has PutObject, GetObject, HeadObject, DeleteObject and presigned POST only',
    )
  }
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return getObject(context)
    case 'PUT':
      return putObject(context)
    case 'DELETE':
      await files.remove(key)
      return void response.writeHead(204).end()
    default:
      throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.')
  }
}

function parseAddress(url: string): Address {
  const [path = '/', query = ''] = splitOnce(url, '?')
  try {
    const [bucket, key] = splitOnce(path.slice(1), '/').map(decodeURIComponent)
    return { bucket: bucket ?? '', key: key ?? '', query: new URLSearchParams(query) }
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.")
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Made once: a link that was given out before a restart still works after it. */
async function identity(directory: string): Promise<Credentials & { readonly port: number }> {
  const file = join(directory, 'identity.json')
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Credentials & { port: number },
    () => undefined,
  )
  const port = await freePort(known?.port)
  const { accessKeyId, secretAccessKey } = known ?? {
    accessKeyId: 'AKIAMYLAMBDALOCALDEV',
    secretAccessKey: randomBytes(30).toString('base64url'),
  }
  await mkdir(directory, { recursive: true })
  await writeFile(file, JSON.stringify({ port, accessKeyId, secretAccessKey }), { mode: 0o600 })
  return { port, accessKeyId, secretAccessKey }
}
