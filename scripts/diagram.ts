/** `make diagram`: draws what is deployed, and a request's way, into `docs/`; with OUT, from your own settings, into that folder. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { drawArchitecture } from './diagram/architecture.ts'
import { readArchitecture } from './diagram/model.ts'
import { drawRequest } from './diagram/request.ts'
import { stackOrder } from './diagram/stack-order.ts'
import { synthesized } from './synthesized.ts'

const folder = resolve(import.meta.dirname, '..', process.env.OUT || 'docs')
const stack = await synthesized(process.env.OUT ? 'own' : 'default')
await mkdir(folder, { recursive: true })
for (const [name, picture] of Object.entries({
  'architecture.svg': drawArchitecture(readArchitecture(stack)),
  'request.svg': drawRequest(await stackOrder()),
})) {
  await writeFile(join(folder, name), picture)
  console.log(join(folder, name))
}
