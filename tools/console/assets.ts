import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, resolve } from 'node:path'

const FOLDER = resolve(import.meta.dirname, 'page')
/** No dot but that of the end: nothing outside the folder has such a name. */
const NAME = /^([\w-]+\/)*[\w-]+\.(html|css|js|svg)$/
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** Sends a file of the console's, as it is on disk. */
export async function sendAsset(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!NAME.test(name)) return notFound(response, `The console has no ${name}.`)
  await sendFile(join(FOLDER, name), request, response, `The console has no ${name}.`)
}

/** @param missing what is answered where there is no such file. */
export async function sendFile(
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
  missing: string,
): Promise<void> {
  const content = await readFile(file).catch(() => undefined)
  if (!content) return notFound(response, missing)
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const headers = { etag, 'cache-control': 'no-cache' }
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, headers).end()
  response
    .writeHead(200, { ...headers, 'content-type': TYPES[extname(file)], 'content-length': content.length })
    .end(request.method === 'HEAD' ? undefined : content)
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

export function notFound(response: ServerResponse, message: string): void {
  sendJson(response, 404, { message })
}
