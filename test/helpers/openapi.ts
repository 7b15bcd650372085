import assert from 'node:assert/strict'
import { Ajv } from 'ajv'

// biome-ignore lint/suspicious/noExplicitAny: a document is whatever JSON it is
type Json = any

/** Headers that every HTTP answer of Node.js has. */
const OF_THE_CONNECTION = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive'])

/** An API description, as a check of answers and of values. */
export class ApiDescription {
  readonly #ajv = new Ajv({ strict: false, allErrors: true })
  readonly document: Json

  constructor(document: Json) {
    this.document = document
    for (const format of ['int32', 'int64', 'double', 'binary']) this.#ajv.addFormat(format, true)
    this.#ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    this.#ajv.addFormat('uri', (text) => URL.canParse(text))
    this.#ajv.addFormat('uri-reference', (text) => URL.canParse(text, 'http://localhost'))
    // Strict: a field of an answer that is not described is a leak, or an omission.
    const plain = jsonSchema(document)
    this.#ajv.addSchema(plain, 'given')
    this.#ajv.addSchema(closed(plain), 'closed')
  }

  /** What a reference stands for, and the JSON pointer to it. */
  resolve(pointer: string): { pointer: string; value: Json } {
    const value = pointer
      .slice(2)
      .split('/')
      .reduce((json, key) => json[key.replaceAll('~1', '/').replaceAll('~0', '~')], this.document)
    return value.$ref === undefined ? { pointer, value } : this.resolve(value.$ref)
  }

  accepts(pointer: string, value: unknown): boolean {
    return this.#ajv.validate(`given${pointer}`, value) as boolean
  }

  /** Fails unless the answer is one that a response, by its JSON pointer, describes: body, media type, every header. */
  check(response: string, answer: { headers: Headers; text: string }): void {
    const { pointer, value } = this.resolve(response)
    const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
    if (value.content === undefined) assert.equal(answer.text, '')
    else {
      assert.ok(value.content[type], `${response}: ${type} is not described`)
      const body = type === 'application/json' ? JSON.parse(answer.text) : answer.text
      const schema = `closed${pointer}/content/${escaped(type)}/schema`
      assert.ok(this.#ajv.validate(schema, body), `${response}: ${this.#ajv.errorsText()} in ${answer.text}`)
    }
    const described = Object.keys(value.headers)
    for (const [name] of answer.headers) {
      if (OF_THE_CONNECTION.has(name)) continue
      assert.ok(
        described.some((each) => each.toLowerCase() === name),
        `${response}: the header ${name} is not described`,
      )
    }
    for (const name of described) this.#checkHeader(`${pointer}/headers/${name}`, answer.headers.get(name))
  }

  #checkHeader(reference: string, text: string | null): void {
    const { pointer, value } = this.resolve(reference)
    assert.ok(text !== null || !value.required, `${reference} is required`)
    if (text === null) return
    const given = value.schema.type === 'integer' ? Number(text) : text
    assert.ok(this.#ajv.validate(`given${pointer}/schema`, given), `${reference}: ${text}`)
  }
}

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** The JSON pointer to a place in a document. */
export const pointer = (...keys: readonly (string | number)[]) =>
  `#/${keys.map((key) => escaped(String(key))).join('/')}`

/** JSON Schema has `null` as a type of its own. */
function jsonSchema(json: Json): Json {
  if (Array.isArray(json)) return json.map(jsonSchema)
  if (typeof json !== 'object' || json === null) return json
  const { nullable, ...inner } = Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, jsonSchema(value)]),
  )
  return nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner
}

/** Objects have the fields that are described, and no others. */
function closed(json: Json): Json {
  if (Array.isArray(json)) return json.map(closed)
  if (typeof json !== 'object' || json === null) return json
  const inner = Object.fromEntries(Object.entries(json).map(([key, value]) => [key, closed(value)]))
  return json.type === 'object' && json.properties && json.additionalProperties === undefined
    ? { ...inner, additionalProperties: false }
    : inner
}
