import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { ROOT, run } from '../process/command.ts'

const FOLDER = join(import.meta.dirname, 'page')
/** The page's files, each with its type and with what it is bundled from. */
const FILES = new Map<string, readonly [type: string, source?: string]>([
  ['index.html', ['text/html; charset=utf-8']],
  ['main.js', ['text/javascript; charset=utf-8', 'main.tsx']],
  ['style.css', ['text/css; charset=utf-8', 'style.css']],
  ['icon.svg', ['image/svg+xml']],
])
const OPTIONS = ['--bundle', '--minify', '--format=esm', '--target=es2023', '--log-level=error']
const bundles = new Map<string, string>()

/** Bundles a file of the page. By esbuild's own process, about 30 ms once: that of `make dev` is stopped after each of its builds. */
async function bundle(source: string): Promise<string> {
  const made =
    bundles.get(source) ?? (await run(join(ROOT, 'node_modules/.bin/esbuild'), [join(FOLDER, source), ...OPTIONS]))
  bundles.set(source, made)
  return made
}

/** Sends a file of the page's. */
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
