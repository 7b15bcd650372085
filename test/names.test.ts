/** `tools/` follows `functions/` and `terraform/` without naming anything in them. The bench is the exception. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import type { ApiDefinition } from '../functions/http/api-definition.ts'
import { commonEnvironment } from '../functions/http/read-environment.ts'
import { ROOT } from '../tools/process/command.ts'

/** Fields of an object schema, also inside a pipe. */
const fieldsOf = (schema: unknown): string[] => Object.keys(Object(schema).entries ?? {})

const find = (pattern: string) => globSync(pattern, { cwd: ROOT, exclude: ['**/node_modules/**'] })
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const definitions = find('functions/*/api.ts')
const apis: ApiDefinition[] = []
for (const file of definitions) apis.push((await import(join(ROOT, file))).api)
const routes = apis.flatMap((api) => Object.entries(api.routes))

/** Variables of the functions behind the APIs, except for the common ones. */
const variables: string[] = []
for (const file of definitions.map((each) => join(dirname(each), 'environment.ts')))
  for (const exported of Object.values(await import(join(ROOT, file))))
    variables.push(...fieldsOf(exported).filter((name) => !(name in commonEnvironment)))

const tables = find('functions/**/*.ts')
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) => [...read(file).matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)])
  .map(([, table = '']) => table)

/** A folder may share its name with an AWS service: it counts only in paths, in quotes and in settings. */
function namesOf(folder: string): RegExp {
  const setting = folder.toUpperCase()
  return new RegExp(
    `functions/${folder}|Dockerfile_${folder}|=${folder}\\b|^(?!.*service).*['"\`]${folder}['"\`_-]|(IMAGE|MEMORY)_${setting}\\b|\\b${setting}_URL`,
  )
}

const word = (text: string) => new RegExp(`(?<![\\w.-])${text.replaceAll(/[{}]/g, '\\$&')}(?![\\w-])`)
const patterns = [
  ...definitions.map((file) => namesOf(basename(dirname(file)))),
  ...[...variables, ...tables, ...routes.map(([key]) => key.split(' ')[1] ?? '')].map(word),
  ...routes.map(([, { operationId }]) => new RegExp(`\\b${operationId}\\b`)),
]
/** Fields of a JSON body: a single one is a word, all in one line are an example of ours. */
const bodies = routes
  .map(([, { body }]) => fieldsOf(Object(body).json))
  .filter((fields) => fields.length > 1)
  .map((fields) => fields.map(word))

const findings = (text: string): string[] =>
  text.split('\n').filter(
    (line) =>
      // A credential scope of AWS names a service.
      !line.includes('aws4_request') &&
      (patterns.some((each) => each.test(line)) || bodies.some((each) => each.every((name) => name.test(line)))),
  )

test('tools/ names no API, function, route, table, variable or example of ours', () => {
  assert.ok(patterns.length > 10 || apis.length < 2)
  const sources = find('tools/**/*.{ts,tsx,js,cjs,mjs,css,html,json}').filter(
    (file) => !/\.test\.ts$|fixtures\/|^tools\/bench\/|package-lock/.test(file),
  )
  assert.ok(sources.length > 50)
  const found = sources.flatMap((file) => findings(read(file)).map((line) => `${file}: ${line.trim()}`))
  assert.deepEqual(found, [])
})

test('finds such a name in any context', () => {
  const [[key = '', { operationId } = {}] = []] = routes
  const [folder, path] = [basename(dirname(definitions[0] ?? '')), key.split(' ')[1]]
  const texts = [`the function '${folder}'`, `FUNCTION=${folder}`, `curl ${path}`, `client.${operationId}()`]
  for (const text of [...texts, ...variables]) assert.equal(findings(text).length, 1, text)
})
