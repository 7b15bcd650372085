/**
 * `make docs`: writes what is derived into `docs/`, the descriptions of APIs, the picture of what is deployed and the tables of settings; with OUT, of your own
 * settings, into that folder.
 */
import '../process/closed-output.ts'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ROOT, run } from '../process/command.ts'
import { draw } from './diagram/draw.ts'
import { readGraph } from './diagram/graph.ts'
import { readApis } from './openapi/apis.ts'
import { openApi } from './openapi/document.ts'
import { settingsPage } from './settings.ts'
import { synthesized } from './synthesized.ts'

const { OUT } = process.env
const folder = resolve(ROOT, OUT || 'docs')
const stack = await synthesized(OUT ? 'own' : 'default')
const biome = join(ROOT, 'node_modules/.bin/biome')
const files: Record<string, string> = { 'architecture.svg': await draw(readGraph(stack.terraform), stack.region) }
for (const [name, api] of await readApis()) {
  const input = JSON.stringify(openApi(stack, api), null, 2)
  files[`openapi/${name}.json`] = `${await run(biome, ['format', '--stdin-file-path=openapi.json'], { input })}\n`
}
if (!OUT) files['settings.md'] = settingsPage(await readFile(join(folder, 'settings.md'), 'utf8'), stack.terraform)
// Descriptions of APIs that are gone; a folder of yours may hold other files.
if (!OUT) await rm(join(folder, 'openapi'), { recursive: true, force: true })
await mkdir(join(folder, 'openapi'), { recursive: true })
for (const [name, text] of Object.entries(files)) {
  await writeFile(join(folder, name), text)
  console.log(join(folder, name))
}
