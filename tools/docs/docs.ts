/** `make docs`: generates API descriptions, the architecture picture and tables of settings, from default settings. Its argument replaces `docs/`. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, run } from '../process/command.ts'
import { draw } from './diagram/draw.ts'
import { readGraph } from './diagram/graph.ts'
import { readApis } from './openapi/apis.ts'
import { openApi } from './openapi/document.ts'
import { settingsPage } from './settings.ts'
import { synthesized } from './synthesized.ts'

const folder = process.argv[2] ?? join(ROOT, 'docs')
const stack = await synthesized()
const biome = join(ROOT, 'node_modules/.bin/biome')
const files: Record<string, string> = {
  'architecture.svg': await draw(readGraph(stack.terraform), stack.region),
  'settings.md': settingsPage(await readFile(join(ROOT, 'docs/settings.md'), 'utf8'), stack.terraform),
}
for (const [name, api] of await readApis()) {
  const input = JSON.stringify(openApi(stack, api), null, 2)
  files[`openapi/${name}.json`] = `${await run(biome, ['format', '--stdin-file-path=openapi.json'], { input })}\n`
}
// Removes descriptions of deleted APIs.
await rm(join(folder, 'openapi'), { recursive: true, force: true })
await mkdir(join(folder, 'openapi'))
for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
