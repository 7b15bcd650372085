import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type { Schema } from '../../../functions/http/api-definition.ts'

/**
 * Output of @valibot/to-json-schema for OpenAPI 3.0. `rules` holds its regular expressions, `foreign` a valibot type without a JSON
 * equivalent.
 */
export type JsonSchema = { [keyword: string]: unknown }

type Action = { type: string; requirement?: unknown; metadata?: { pattern?: string } }

const config: ConversionConfig = {
  target: 'openapi-3.0',
  // Custom checks state their keywords as metadata, or their rule in the description.
  errorMode: 'ignore',
  overrideAction: ({ valibotAction, jsonSchema, errors }) => {
    const { type, requirement, metadata } = valibotAction as Action
    const { rules = [] } = jsonSchema as { rules?: RegExp[] }
    // Replaces the rules of earlier checks.
    if (metadata?.pattern) return { ...jsonSchema, rules: [new RegExp(metadata.pattern)] } as never
    if (requirement instanceof RegExp && (errors || jsonSchema.pattern === requirement.source))
      return { ...jsonSchema, rules: [...rules, requirement] } as never
    if (type === 'gt_value') return { ...jsonSchema, minimum: requirement as number, exclusiveMinimum: true as never }
    if (type === 'lt_value') return { ...jsonSchema, maximum: requirement as number, exclusiveMaximum: true as never }
    return undefined
  },
  overrideSchema: ({ valibotSchema, jsonSchema, errors }) => {
    const { type, default: value } = valibotSchema as { type: string; default?: unknown }
    // Null must be v.nullable(…) of a type. A recursive schema would not end.
    if (errors || type === 'null' || type === 'lazy') return { ...jsonSchema, enum: undefined, foreign: type } as never
    const { anyOf = [], ...others } = jsonSchema as { anyOf?: { enum?: unknown[] }[] }
    const options = anyOf.flatMap((option) => option.enum ?? [])
    if (options.length > 0 && anyOf.every((option) => option.enum))
      return { ...others, enum: [...new Set(options)] } as never
    // A function's default varies.
    if (typeof value === 'function') return { ...jsonSchema, default: undefined }
    // Query parameters are text, and so are the defaults of numbers.
    if (typeof value === 'string' && /^(integer|number|boolean)$/.test(String(jsonSchema.type)))
      return { ...jsonSchema, default: JSON.parse(value) }
    return undefined
  },
}

/**
 * Converts the input of a schema.
 * @param parsed for text, such as parameters and form fields: the schema after a transformation describes its parsed value.
 */
export function toSchema(schema: Schema, parsed: boolean): JsonSchema {
  const typeMode = parsed ? ('ignore' as const) : ('input' as const)
  const { $schema, $defs, ...json } = toJsonSchema(schema as never, { ...config, typeMode })
  return json
}

/** Whether a form field is a file: its type is missing or `object`, without enum or alternatives. */
export const isFile = ({ type, enum: options, anyOf }: JsonSchema) =>
  !options && !anyOf && (type === undefined || type === 'object')

/** Converts files of a form to OpenAPI's binary strings. */
export const formOf = (json: JsonSchema): JsonSchema => ({
  ...json,
  properties: Object.fromEntries(
    Object.entries<JsonSchema>(Object(json.properties)).map(([name, each]) => [name, field(each)]),
  ),
})

const field = ({ items, ...json }: JsonSchema): JsonSchema =>
  items
    ? { ...json, items: field(items as JsonSchema) }
    : isFile(json)
      ? { type: 'string', format: 'binary', description: json.description, examples: json.examples }
      : json

/** Builds a value from the examples of a schema's fields; `undefined` if a required one has none. */
export function exampleOf(schema: JsonSchema): unknown {
  const { examples, enum: options, items, properties, anyOf, oneOf, required = [] } = schema as Record<string, never[]>
  const value = examples?.[0] ?? schema.default ?? options?.[0]
  if (value !== undefined) return value
  if (items) return [exampleOf(items as unknown as JsonSchema)].filter((item) => item !== undefined)
  const [option] = anyOf ?? oneOf ?? []
  if (option) return exampleOf(option)
  if (!properties) return undefined
  const fields = Object.entries<JsonSchema>(properties)
    .map(([name, each]) => [name, exampleOf(each)] as const)
    .filter(([, each]) => each !== undefined)
  const example = Object.fromEntries(fields)
  return required.every((name) => name in example) ? example : undefined
}
