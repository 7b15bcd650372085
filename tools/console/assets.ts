import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import own from '../../package.json' with { type: 'json' }
import { ROOT, run } from '../process/command.ts'

const FOLDER = join(import.meta.dirname, 'page')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Heading of the page. */
export const nameOfProject: string = own.name

let bundled: Promise<string> | undefined

/** The page's script. By esbuild's own process, about 30 ms once: that of `make dev` is stopped after each of its builds. */
function script(): Promise<string> {
  const options = ['--bundle', '--minify', '--format=esm', '--target=es2023', '--log-level=error']
  bundled ??= run(join(ROOT, 'node_modules/.bin/esbuild'), [join(FOLDER, 'main.tsx'), ...options]).catch((error) => {
    bundled = undefined
    throw error
  })
  return bundled
}

/** The files of the page, by their names. */
const FILES: Readonly<Record<string, () => Promise<string | Buffer>>> = {
  'main.js': script,
  ...Object.fromEntries(
    ['index.html', 'theme.js', 'style.css', 'icon.svg'].map((name) => [name, () => readFile(join(FOLDER, name))]),
  ),
}

/** Sends a file of the page's. */
export async function sendAsset(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const read = Object.hasOwn(FILES, name) ? FILES[name] : undefined
  if (!read) return sendJson(response, 404, { message: `The console has no ${name}.` })
  send(await read(), TYPES[extname(name)] ?? '', request, response)
}

/** Sends a content that browsers ask about again each time. */
export function send(content: string | Buffer, type: string, request: IncomingMessage, response: ServerResponse): void {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const headers = { etag, 'cache-control': 'no-cache' }
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, headers).end()
  response
    .writeHead(200, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(content) })
    .end(request.method === 'HEAD' ? undefined : content)
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
