import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { ROOT } from '../../tools/process/command.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document is whatever JSON it is
type Json = any

/** Headers that every HTTP answer of Node.js has. */
const OF_THE_CONNECTION = ['connection', 'content-length', 'content-type', 'date', 'keep-alive']

const escaped = (key: unknown) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')

/** The JSON pointer to a place in a document. */
export const pointer = (...keys: readonly (string | number)[]) => `#/${keys.map(escaped).join('/')}`

/** The description of an API in docs/openapi/, as a check of answers and of values. */
export function readDescription(name: string) {
  const document: Json = JSON.parse(readFileSync(join(ROOT, `docs/openapi/${name}.json`), 'utf8'))
  const ajv = formats.default(new Ajv({ strict: false, allErrors: true }))
  ajv.addSchema(document, 'given')
  // A field of an answer that is not described is a leak, or an omission.
  const strict = (_: string, json: Json) =>
    json?.type === 'object' && json.properties ? { additionalProperties: false, ...json } : json
  ajv.addSchema(JSON.parse(JSON.stringify(document), strict), 'closed')

  const accepts = (at: string, value: unknown, kind = 'given') => ajv.validate(kind + at, value) as boolean

  /** What a reference stands for, and the JSON pointer to it. */
  function resolve(at: string): { at: string; value: Json } {
    const keys = at.slice(2).split('/')
    const value = keys.reduce((json, key) => json[key.replaceAll('~1', '/').replaceAll('~0', '~')], document)
    return value.$ref === undefined ? { at, value } : resolve(value.$ref)
  }

  /** Fails unless the answer is one that a response, by its JSON pointer, describes: body, media type, every header. */
  function check(response: string, headers: Headers, text: string): void {
    const { at, value } = resolve(response)
    const type = headers.get('content-type')?.split(';')[0] ?? ''
    if (value.content) {
      assert.ok(value.content[type], `${response}: ${type} is not described`)
      const body = type === 'application/json' ? JSON.parse(text) : text
      const fits = accepts(`${at}/content/${escaped(type)}/schema`, body, 'closed')
      assert.ok(fits, `${response}: ${ajv.errorsText()} in ${text}`)
    } else assert.equal(text, '')
    const described = Object.keys(value.headers)
    const known = [...OF_THE_CONNECTION, ...described.map((each) => each.toLowerCase())]
    for (const each of headers.keys())
      assert.ok(known.includes(each), `${response}: the header ${each} is not described`)
    for (const each of described) {
      const header = resolve(`${at}/headers/${each}`)
      const given = headers.get(each)
      const read = header.value.schema.type === 'integer' ? Number(given) : given
      const fits = given === null ? !header.value.required : accepts(`${header.at}/schema`, read)
      assert.ok(fits, `${response}: ${each}: ${given}`)
    }
  }
  return { document, accepts, resolve, check }
}
