/** `make openapi`: writes the API's description into `docs/`; with OUT, of your own settings, into that folder. */
import './closed-output.ts'
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openApi } from './openapi/document.ts'
import { synthesized } from './synthesized.ts'

const root = resolve(import.meta.dirname, '..')
const biome = join(root, 'node_modules/.bin/biome')
const folder = resolve(root, process.env.OUT || 'docs')
const file = join(folder, 'openapi.json')
const input = JSON.stringify(openApi(await synthesized(process.env.OUT ? 'own' : 'default')), null, 2)
await mkdir(folder, { recursive: true })
await writeFile(file, execFileSync(biome, ['format', '--stdin-file-path=openapi.json'], { cwd: root, input }))
console.log(file)
