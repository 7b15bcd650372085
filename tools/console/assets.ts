import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { ROOT, run } from '../process/command.ts'

const FOLDER = join(import.meta.dirname, 'page')
const TYPES: ReadonlyMap<string, string> = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['main.js', 'text/javascript; charset=utf-8'],
  ['style.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
])

/** Bundles a file of the page. By esbuild's own process, about 30 ms once: that of `make dev` is stopped after each of its builds. */
function bundle(name: string): () => Promise<string> {
  const options = ['--bundle', '--minify', '--format=esm', '--target=es2023', '--log-level=error']
  let bundled: Promise<string> | undefined
  return () => {
    bundled ??= run(join(ROOT, 'node_modules/.bin/esbuild'), [join(FOLDER, name), ...options]).catch((error) => {
      bundled = undefined
      throw error
    })
    return bundled
  }
}

const BUNDLED: Readonly<Record<string, () => Promise<string>>> = {
  'main.js': bundle('main.tsx'),
  'style.css': bundle('style.css'),
}

/** Sends a file of the page's. */
export async function sendAsset(name: string, response: ServerResponse): Promise<void> {
  const type = TYPES.get(name)
  if (!type) return sendJson(response, 404, { message: `The console has no ${name}.` })
  const content = await (BUNDLED[name]?.() ?? readFile(join(FOLDER, name)))
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(content)
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
