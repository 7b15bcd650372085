import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { ROOT, run } from '../process/command.ts'

const FOLDER = join(import.meta.dirname, 'page')
const JAVASCRIPT = 'text/javascript; charset=utf-8'
const TYPES: ReadonlyMap<string, string> = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['main.js', JAVASCRIPT],
  ['theme.js', JAVASCRIPT],
  ['style.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
])

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

/** Sends a file of the page's. */
export async function sendAsset(name: string, response: ServerResponse): Promise<void> {
  const type = TYPES.get(name)
  if (!type) return sendJson(response, 404, { message: `The console has no ${name}.` })
  const content = name === 'main.js' ? await script() : await readFile(join(FOLDER, name))
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(content)
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
