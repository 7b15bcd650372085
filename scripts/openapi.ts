/** `make openapi`: writes the API's description and the collection into `docs/`; with OUT, of your own settings, into that folder. */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { collection } from './openapi/collection.ts'
import { openApi } from './openapi/document.ts'
import { synthesized } from './synthesized.ts'

const root = resolve(import.meta.dirname, '..')
const biome = join(root, 'node_modules/.bin/biome')
const folder = resolve(root, process.env.OUT || 'docs')
const document = openApi(await synthesized(process.env.OUT ? 'own' : 'default'))
await mkdir(folder, { recursive: true })
for (const [name, json] of Object.entries({
  'openapi.json': document,
  'my_lambda.postman_collection.json': collection(document),
})) {
  const input = JSON.stringify(json, null, 2)
  await writeFile(
    join(folder, name),
    execFileSync(biome, ['format', `--stdin-file-path=${name}`], { cwd: root, input }),
  )
  console.log(join(folder, name))
}
