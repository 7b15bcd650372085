import { isDeepStrictEqual } from 'node:util'
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type { Schema } from '../../../functions/http/api-definition.ts'

/** A JSON Schema of the draft that OpenAPI 3.1 has: 2020-12. */
export type JsonSchema = { [keyword: string]: unknown }

/** Parts that operations share, by kind and name. Only those that are referred to are added. */
export type Components = Record<'schemas' | 'responses' | 'headers' | 'securitySchemes', Record<string, object>>

/** Adds a part to the components. @returns a reference to it. */
export function share(components: Components, kind: keyof Components, name: string, part: object) {
  const known = components[kind][name]
  if (known && !isDeepStrictEqual(known, part))
    throw new Error(`Two of the ${kind} are called ${name}: give one schema another v.title(…)`)
  components[kind][name] = part
  return { $ref: `#/components/${kind}/${name}` }
}

const config: ConversionConfig = {
  target: 'draft-2020-12',
  // A check that is a function has its keywords as metadata beside it, or its rule in the description.
  errorMode: 'ignore',
  overrideAction: ({ valibotAction, jsonSchema: { pattern, ...rest } }) => {
    const { requirement } = valibotAction as { requirement?: unknown }
    // JSON Schema has no flags, and not every client knows what they stand for.
    return requirement instanceof RegExp && requirement.flags ? rest : undefined
  },
  overrideSchema: ({ valibotSchema: { type }, jsonSchema }) => {
    const {
      anyOf: [inner] = [],
      propertyNames,
      ...rest
    } = jsonSchema as { anyOf?: JsonSchema[]; [key: string]: unknown }
    if (type === 'literal') return { type: typeof rest.const, ...rest } as typeof jsonSchema
    if (type === 'record') return rest
    // Generated clients have no name for a union; NULL is no value of an enum.
    if (
      type === 'nullable' &&
      typeof inner?.type === 'string' &&
      !named(inner) &&
      !inner.enum &&
      inner.const === undefined
    )
      return { ...inner, ...rest, type: [inner.type, 'null'] } as typeof jsonSchema
    // In a query a number's default is text, as the number itself.
    if (type === 'optional' && typeof rest.default === 'string' && rest.type !== 'string')
      return { ...rest, default: JSON.parse(rest.default) }
    return undefined
  },
}

/** What a schema lets in. */
export function toSchema(schema: Schema): JsonSchema {
  const { $schema, ...json } = toJsonSchema(schema as never, config)
  return json
}

const named = ({ type, title }: JsonSchema) => type === 'object' && /^[\w.-]+$/.test(String(title ?? ' '))

/** Moves objects with a title into the components, and says what code generators need to know. */
export function lifted(json: JsonSchema, components: Components): JsonSchema {
  const lift = (inner: unknown): unknown =>
    Array.isArray(inner) ? inner.map(lift) : typeof inner === 'object' ? lifted(inner as JsonSchema, components) : inner
  const schema = { ...json }
  for (const keyword of ['items', 'additionalProperties', 'prefixItems', 'anyOf', 'oneOf', 'allOf'])
    if (keyword in schema) schema[keyword] = lift(schema[keyword])
  if (schema.properties)
    schema.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, each]) => [name, lift(each)]))
  if (Array.isArray(schema.required) && schema.required.length === 0) delete schema.required
  const { type, maximum = Number.MAX_SAFE_INTEGER, contentMediaType } = schema
  if ([type].flat().includes('integer') && Number(maximum) >= 2 ** 31) schema.format ??= 'int64'
  if (contentMediaType !== undefined) {
    // A file, whatever its parser makes of it.
    const { properties, required, ...rest } = schema
    return { ...rest, type: 'string', format: 'binary' }
  }
  if (!named(schema)) return schema
  const { title, ...rest } = schema
  return share(components, 'schemas', String(title), rest)
}

/** A value made of the examples of a schema's fields; `undefined` where a required one has none. */
export function exampleOf(schema: JsonSchema): unknown {
  const { examples, enum: options, items, properties, required = [] } = schema as Record<string, never[]>
  const value = examples?.[0] ?? schema.default ?? schema.const ?? options?.[0]
  if (value !== undefined) return value
  if (items) return [exampleOf(items as unknown as JsonSchema)].filter((item) => item !== undefined)
  if (!properties) return undefined
  const fields = Object.entries<JsonSchema>(properties)
    .map(([name, each]) => [name, exampleOf(each)] as const)
    .filter(([, each]) => each !== undefined)
  const names = fields.map(([name]) => name)
  return required.every((name) => names.includes(name)) ? Object.fromEntries(fields) : undefined
}
