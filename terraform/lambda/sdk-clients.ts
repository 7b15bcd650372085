import { globSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** An import of a client, or of middy's middleware that brings one; types alone call nothing. */
const client =
  /(?<!import type [^'"\n]*)['"]@(?:aws-sdk\/client-([a-z0-9-]+)|middy\/(secrets-manager|ssm|s3|sts|dynamodb))['"]/g
const source = /(?<!import type [^'"\n]*)['"](\.{1,2}\/[^'"\n]+\.ts)['"]/g

/** The services of AWS that an image's sources, and what these import, have an SDK client of, e.g. `s3` for `@aws-sdk/client-s3`. */
export function sdkClients(image: string, functions = resolve(import.meta.dirname, '../../functions')): string[] {
  const own = globSync(`${image}/**/*.ts`, { cwd: functions }).filter((file) => !file.endsWith('.test.ts'))
  const files = new Set(own.map((file) => resolve(functions, file)))
  const services = new Set<string>()
  // What is imported joins the set, and so its turn comes.
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    for (const [, path = ''] of text.matchAll(source)) files.add(resolve(dirname(file), path))
    for (const [, sdk, middy = ''] of text.matchAll(client)) services.add(sdk ?? middy)
  }
  return [...services].sort()
}
