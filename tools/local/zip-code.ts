import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'

/** Unpacks the code of a function, unless that was done before. @returns its folder, which lies in `directory`. */
export function unpackCode({ zip, hash }: { readonly zip: string; readonly hash: string }, directory: string): string {
  const folder = join(directory, hash)
  if (existsSync(folder)) return folder
  mkdirSync(folder, { recursive: true })
  // The project is of type module, and Lambda takes what has no package.json of its own for CommonJS.
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }\n')
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    const file = join(folder, name)
    mkdirSync(name.endsWith('/') ? file : dirname(file), { recursive: true })
    if (!name.endsWith('/')) writeFileSync(file, bytes)
  }
  return folder
}
