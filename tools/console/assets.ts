import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { ROOT, run } from '../process/command.ts'

const FOLDER = join(import.meta.dirname, 'page')
/** Files of the page: media type, and source if bundled. */
const FILES = new Map<string, readonly [type: string, source?: string]>([
  ['index.html', ['text/html; charset=utf-8']],
  ['main.js', ['text/javascript; charset=utf-8', 'main.tsx']],
  ['style.css', ['text/css; charset=utf-8', 'style.css']],
  ['icon.svg', ['image/svg+xml']],
])
const OPTIONS = ['--bundle', '--minify', '--format=esm', '--target=es2023', '--log-level=error']
const bundles = new Map<string, string>()

/** Bundles a file of the page, once. Runs esbuild's binary, about 30 ms, since `make dev` stops the shared service after each build. */
async function bundle(source: string): Promise<string> {
  const made =
    bundles.get(source) ?? (await run(join(ROOT, 'node_modules/.bin/esbuild'), [join(FOLDER, source), ...OPTIONS]))
  bundles.set(source, made)
  return made
}

/** Sends a file of the page. */
export async function sendAsset(name: string, response: ServerResponse): Promise<void> {
  const [type, source] = FILES.get(name) ?? []
  if (!type) return sendJson(response, 404, { message: `The console has no ${name}.` })
  const content = source ? await bundle(source) : await readFile(join(FOLDER, name))
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(content)
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
