import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** An import of a client, or of middy's middleware that brings one; types alone call nothing. */
const client =
  /(?<!import type [^'"\n]*)['"]@(?:aws-sdk\/client-([a-z0-9-]+)|middy\/(secrets-manager|ssm|s3|sts|dynamodb))['"]/g

/** The services of AWS that an image's sources have an SDK client of, e.g. `s3` for `@aws-sdk/client-s3`. */
export function sdkClients(image: string, functions = resolve(import.meta.dirname, '../../functions')): string[] {
  const sources = globSync(`{${image},http}/**/*.ts`, { cwd: functions }).filter((file) => !file.endsWith('.test.ts'))
  const services = sources.flatMap((file) =>
    [...readFileSync(resolve(functions, file), 'utf8').matchAll(client)].map(([, sdk, middy]) => sdk ?? middy ?? ''),
  )
  return [...new Set(services)].sort()
}
