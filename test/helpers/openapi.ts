import assert from 'node:assert/strict'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'

// biome-ignore lint/suspicious/noExplicitAny: a document is whatever JSON it is
type Json = any

/** Headers that every HTTP answer of Node.js has. */
const OF_THE_CONNECTION = ['connection', 'content-length', 'content-type', 'date', 'keep-alive']

const escaped = (key: unknown) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')

/** The JSON pointer to a place in a document. */
export const pointer = (...keys: readonly (string | number)[]) => `#/${keys.map(escaped).join('/')}`

/** An API description, as a check of answers and of values. */
export class ApiDescription {
  readonly #ajv = formats.default(new Ajv({ strict: false, allErrors: true }))
  readonly document: Json

  constructor(document: Json) {
    this.document = document
    this.#ajv.addSchema(document, 'given')
    // A field of an answer that is not described is a leak, or an omission.
    const strict = (_: string, json: Json) =>
      json?.type === 'object' && json.properties ? { additionalProperties: false, ...json } : json
    this.#ajv.addSchema(JSON.parse(JSON.stringify(document), strict), 'closed')
  }

  /** What a reference stands for, and the JSON pointer to it. */
  resolve(pointer: string): { pointer: string; value: Json } {
    const keys = pointer.slice(2).split('/')
    const value = keys.reduce((json, key) => json[key.replaceAll('~1', '/').replaceAll('~0', '~')], this.document)
    return value.$ref === undefined ? { pointer, value } : this.resolve(value.$ref)
  }

  accepts(pointer: string, value: unknown, kind: 'given' | 'closed' = 'given'): boolean {
    return this.#ajv.validate(kind + pointer, value) as boolean
  }

  /** Fails unless the answer is one that a response, by its JSON pointer, describes: body, media type, every header. */
  check(response: string, { headers, text }: { headers: Headers; text: string }): void {
    const { pointer, value } = this.resolve(response)
    const type = headers.get('content-type')?.split(';')[0] ?? ''
    if (value.content) {
      assert.ok(value.content[type], `${response}: ${type} is not described`)
      const body = type === 'application/json' ? JSON.parse(text) : text
      const fits = this.accepts(`${pointer}/content/${escaped(type)}/schema`, body, 'closed')
      assert.ok(fits, `${response}: ${this.#ajv.errorsText()} in ${text}`)
    } else assert.equal(text, '')
    const described = Object.keys(value.headers)
    const known = new Set([...OF_THE_CONNECTION, ...described.map((name) => name.toLowerCase())])
    for (const name of headers.keys()) assert.ok(known.has(name), `${response}: the header ${name} is not described`)
    for (const name of described) {
      const header = this.resolve(`${pointer}/headers/${name}`)
      const given = headers.get(name)
      assert.ok(given !== null || !header.value.required, `${response}: the header ${name} is required`)
      const read = header.value.schema.type === 'integer' ? Number(given) : given
      assert.ok(given === null || this.accepts(`${header.pointer}/schema`, read), `${response}: ${name}: ${given}`)
    }
  }
}
