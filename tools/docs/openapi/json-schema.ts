import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type { Schema } from '../../../functions/http/api-definition.ts'

/**
 * What @valibot/to-json-schema makes of a schema for OpenAPI 3.0. In it, `rules` are its regular expressions, and `foreign` is a type of
 * valibot that JSON does not have.
 */
export type JsonSchema = { [keyword: string]: unknown }

type Action = { type: string; requirement?: unknown; metadata?: { pattern?: string } }

const config: ConversionConfig = {
  target: 'openapi-3.0',
  // A check that is a function has its keywords as metadata beside it, or its rule in the description.
  errorMode: 'ignore',
  overrideAction: ({ valibotAction, jsonSchema, errors }) => {
    const { type, requirement, metadata } = valibotAction as Action
    const { rules = [] } = jsonSchema as { rules?: RegExp[] }
    // Stands for whatever is checked before it.
    if (metadata?.pattern) return { ...jsonSchema, rules: [new RegExp(metadata.pattern)] } as never
    if (requirement instanceof RegExp && (errors || jsonSchema.pattern === requirement.source))
      return { ...jsonSchema, rules: [...rules, requirement] } as never
    if (type === 'gt_value') return { ...jsonSchema, minimum: requirement as number, exclusiveMinimum: true as never }
    if (type === 'lt_value') return { ...jsonSchema, maximum: requirement as number, exclusiveMaximum: true as never }
    return undefined
  },
  overrideSchema: ({ valibotSchema, jsonSchema, errors }) => {
    const { type, default: value } = valibotSchema as { type: string; default?: unknown }
    // Null belongs to a type: v.nullable(…). A schema that contains itself has no end.
    if (errors || type === 'null' || type === 'lazy') return { ...jsonSchema, enum: undefined, foreign: type } as never
    const { anyOf = [], ...others } = jsonSchema as { anyOf?: { enum?: unknown[] }[] }
    const options = anyOf.flatMap((option) => option.enum ?? [])
    if (options.length > 0 && anyOf.every((option) => option.enum))
      return { ...others, enum: [...new Set(options)] } as never
    // A default from a function is another value each time.
    if (typeof value === 'function') return { ...jsonSchema, default: undefined }
    // In a query a number's default is text, as the number itself.
    if (typeof value === 'string' && /^(integer|number|boolean)$/.test(String(jsonSchema.type)))
      return { ...jsonSchema, default: JSON.parse(value) }
    return undefined
  },
}

/**
 * What a schema lets in.
 * @param parsed of text, such as a parameter or a field of a form: what comes behind a transformation says what the text stands for.
 */
export function toSchema(schema: Schema, parsed: boolean): JsonSchema {
  const typeMode = parsed ? ('ignore' as const) : ('input' as const)
  const { $schema, $defs, ...json } = toJsonSchema(schema as never, { ...config, typeMode })
  return json
}

/** Whether a field of a form is a file: neither text nor what text stands for, whatever its parser makes of it. */
export const isFile = ({ type, enum: options, anyOf }: JsonSchema) =>
  !options && !anyOf && (type === undefined || type === 'object')

/** A form whose files are what OpenAPI has for them. */
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

/** A value made of the examples of a schema's fields; `undefined` where a required one has none. */
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
