import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import type { FieldText } from './operation.ts'

/** A JSON Schema of the draft that OpenAPI 3.1 has: 2020-12. */
export type JsonSchema = { [keyword: string]: unknown }

/**
 * What checks written as functions mean, by their messages. Patterns are ECMAScript's, with its flag `u`. Of a bound that a
 * pattern cannot hold, as that on bytes, the field's description has to speak.
 */
const CHECKS: Readonly<Record<string, JsonSchema>> = {
  // Surrounding blanks do not count, as with String.prototype.trim.
  'must have 1 to 255 characters': { pattern: '^\\s*\\S([\\s\\S]{0,253}\\S)?\\s*$' },
  // No pattern that every client can use says these two: the descriptions do.
  'must be valid Unicode, without lone surrogates': {},
  'must have a visible character': {},
  'must not contain U+FFFD, left by text that was not UTF-8: send UTF-8': { pattern: '^[^\\ufffd]*$' },
  'must not contain line separators or bidirectional overrides': { pattern: '^[^\\u2028\\u2029\\u202d\\u202e]*$' },
  'must have at most 1024 bytes in UTF-8': { maxLength: 1024 },
  'must not contain control characters': { pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' },
  'must not begin with a slash': { pattern: '^(?!/)' },
  'must not have . or .. between slashes': { pattern: '^(?!([\\s\\S]*/)?\\.{1,2}(/|$))' },
  "must not contain S3's placeholder for the file's name": { pattern: '^(?![\\s\\S]*\\$\\{filename\\})' },
}

const INTEGER = /^must be an integer from (\d+) to (\d+)$/

interface Action {
  readonly type: string
  readonly message?: unknown
}

const config: ConversionConfig = {
  target: 'draft-2020-12',
  overrideAction: ({ valibotAction, jsonSchema }) => {
    const { type, message } = valibotAction as Action
    if (type === 'transform') return jsonSchema
    if (type === 'trim') return { ...jsonSchema, trimmed: true }
    const [, minimum, maximum] = INTEGER.exec(String(message)) ?? []
    // Text, as everything in a URL is, that is read as a number.
    if (type === 'regex' && minimum !== undefined) {
      const { pattern, ...rest } = jsonSchema
      return { ...rest, type: 'integer', minimum: Number(minimum), maximum: Number(maximum) }
    }
    if (type !== 'check') return undefined
    if (minimum !== undefined) return jsonSchema
    const check = CHECKS[String(message)]
    if (!check) throw new Error(`Say in scripts/openapi/json-schema.ts what the check "${message}" means`)
    // Characters that are trimmed may stand at the ends.
    const condition =
      'trimmed' in jsonSchema && typeof check.pattern === 'string'
        ? { pattern: check.pattern.replace(/^\^(\[\^.+\]\*)\$$/, '^\\s*$1\\s*$') }
        : check
    return { ...jsonSchema, allOf: [...(jsonSchema.allOf ?? []), condition] }
  },
}

/** What a schema lets in. */
export function toSchema(schema: v.GenericSchema): JsonSchema {
  const { $schema, ...json } = toJsonSchema(schema, config) as JsonSchema
  return readable(json)
}

/** Where a keyword, a flag or a number says what was converted word by word. */
function readable(schema: JsonSchema): JsonSchema {
  const { allOf = [], trimmed: _, ...rest } = schema
  for (const [name, property] of Object.entries((rest.properties ?? {}) as Record<string, JsonSchema>)) {
    Object.assign(rest.properties as object, { [name]: readable(property) })
  }
  if (String(rest.enum) === 'true,false') return { type: 'boolean', default: rest.default === 'true' }
  if (rest.type === 'integer' && rest.default !== undefined) rest.default = Number(rest.default)
  const conditions = allOf as JsonSchema[]
  const bounds = conditions.filter(({ pattern }) => pattern === undefined)
  const patterns = conditions.filter(({ pattern }) => pattern !== undefined)
  return { ...Object.assign(rest, ...bounds), ...(patterns.length > 0 && { allOf: patterns }) }
}

/** The schema with what people and tools are told of its fields. */
export function described(schema: JsonSchema, texts: Readonly<Record<string, FieldText>>): JsonSchema {
  const properties = Object.entries(schema.properties as Record<string, JsonSchema>).map(([name, property]) => {
    const text = texts[name]
    if (!text) throw new Error(`Describe the field ${name} in scripts/openapi/`)
    return [name, { ...property, ...text }]
  })
  return { ...schema, properties: Object.fromEntries(properties) }
}
