import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { ROOT } from '../../tools/process/command.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document may be any JSON
type Json = any

/** Headers of every HTTP response of Node.js. */
const OF_THE_CONNECTION = ['connection', 'content-length', 'content-type', 'date', 'keep-alive']

const ajv = formats.default(new Ajv({ strict: false, allErrors: true }))
/** Whether a schema of a description accepts a value. */
export const accepts = (schema: object, value: unknown) => ajv.validate(schema, value) as boolean

/** Reads an API description in docs/openapi/ and resolves its references. */
export function readDescription(name: string): Json {
  const document = JSON.parse(readFileSync(join(ROOT, `docs/openapi/${name}.json`), 'utf8'))
  const resolve = (json: Json): Json => {
    if (Object(json) !== json) return json
    if (Array.isArray(json)) return json.map(resolve)
    if (!json.$ref) return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, resolve(each)]))
    const keys: string[] = json.$ref.slice('#/'.length).split('/')
    return resolve(keys.reduce((part, key) => part[key], document))
  }
  return resolve(document)
}

/** Closes the objects of a schema: an undescribed field of a response is a leak or an omission. */
const closed = (schema: object) =>
  JSON.parse(JSON.stringify(schema), (_, json: Json) =>
    json?.type === 'object' && json.properties ? { additionalProperties: false, ...json } : json,
  )

/** Checks a response of a route against its description: body, media type and every header. */
export function assertDescribed(route: string, { content, headers }: Json, answer: Response, text: string): void {
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  if (content) {
    assert.ok(content[type], `${route}: ${type} is not described`)
    const body = type === 'application/json' ? JSON.parse(text) : text
    assert.ok(accepts(closed(content[type].schema), body), `${route}: ${ajv.errorsText()} in ${text}`)
  } else assert.equal(text, '')
  const unknown = new Set(answer.headers.keys()).difference(new Set(OF_THE_CONNECTION))
  for (const [name, { required, schema }] of Object.entries<Json>(headers)) {
    const given = answer.headers.get(name)
    const read = schema.type === 'integer' ? Number(given) : given
    assert.ok(given === null ? !required : accepts(schema, read), `${route}: ${name}: ${given}`)
    unknown.delete(name.toLowerCase())
  }
  assert.deepEqual([...unknown], [], `${route}: headers that are not described`)
}
