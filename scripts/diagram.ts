/** `make diagram`: draws what is deployed, from the Terraform, into `docs/`; with OUT, from your own settings, into that folder. */
import './closed-output.ts'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { draw } from './diagram/draw.ts'
import { readGraph } from './diagram/graph.ts'
import { synthesized } from './synthesized.ts'

const file = join(resolve(import.meta.dirname, '..', process.env.OUT || 'docs'), 'architecture.svg')
const { terraform, region } = await synthesized(process.env.OUT ? 'own' : 'default')
await mkdir(join(file, '..'), { recursive: true })
await writeFile(file, await draw(readGraph(terraform), region))
console.log(file)
