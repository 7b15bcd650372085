import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from './json-schema.ts'
import { portable } from './pattern.ts'

/** Shared parts of operations, by kind and name. Contains only referenced parts. */
export type Components = Record<'schemas' | 'responses' | 'headers' | 'securitySchemes', Record<string, object>>

/** Keywords that may differ between uses of a schema. */
const ANNOTATIONS = ['description', 'example', 'default', 'nullable']

/** Adds a part to the components. @returns a reference to it. */
export function share(components: Components, kind: keyof Components, name: string, part: object) {
  const core = (all = {}) => Object.fromEntries(Object.entries(all).filter(([key]) => !ANNOTATIONS.includes(key)))
  const known = components[kind][name]
  if (known && !isDeepStrictEqual(core(known), core(part)))
    throw new Error(`Two of the ${kind} are called ${name}: give one schema another v.title(…)`)
  components[kind][name] ??= part
  return { $ref: `#/components/${kind}/${name}` }
}

/**
 * Converts a schema to a form that every client generator supports. Schemas with a title become components.
 * @param at route and field, for messages.
 * @throws Error naming them, if clients cannot be generated from it.
 */
export function schemaOf(json: JsonSchema, at: string, components: Components): JsonSchema {
  const { title, rules = [], foreign, description, examples = [], not, contentEncoding, ...schema } = json
  if (foreign && schema.type === undefined)
    throw new Error(
      `${at}: clients have no type for v.${foreign}(). Use a schema of the JSON that is sent, or set its type by v.metadata({ type: … })`,
    )
  const words = [description, ...typed(schema), ...ruled(schema, rules as RegExp[])].filter(Boolean).join(' ')
  nest(schema, (inner, path) => schemaOf(inner, at + path, components))
  if (words) schema.description = words
  const [example] = examples as unknown[]
  // A parameter's example may be its parsed value, not its text.
  if (example !== undefined)
    schema.example = schema.type === 'string' && typeof example !== 'object' ? String(example) : example
  const name = pascal(String(title ?? ''))
  // Generators create types only for these.
  const isType = schema.properties || schema.anyOf || schema.oneOf || schema.enum
  return name && isType ? lifted(schema, name, components) : schema
}

/** Converts to a type name valid in every language; in Go, `NewNote` would clash with the constructor of `Note`. */
const pascal = (text: string) =>
  text.replaceAll(/(?:^|[\W_]+)(\w?)/g, (_, first: string) => first.toUpperCase()).replace(/^New([A-Z].*)/, '$1Input')

/** Adds type and format for statically typed languages. @returns descriptions of the constraints that they cannot express. */
function typed(schema: JsonSchema): string[] {
  const { enum: options, minimum = -Infinity, maximum = Infinity } = schema
  if (Array.isArray(options)) {
    const [kind, ...others] = new Set(options.map((each) => (Number.isInteger(each) ? 'integer' : typeof each)))
    if (others.length === 0) schema.type = kind
    // Only strings and integers are enums in every language.
    if (kind !== 'string' && kind !== 'integer') {
      delete schema.enum
      return [`One of ${options.map((each) => `\`${each}\``).join(', ')}.`]
    }
  }
  const fits32 = Number(minimum) >= -(2 ** 31) && Number(maximum) < 2 ** 31
  if (schema.type === 'integer') schema.format ??= fits32 ? 'int32' : 'int64'
  if (schema.type === 'number') schema.format ??= 'double'
  return []
}

/** Sets the first portable regular expression as the pattern: a schema has only one. @returns descriptions of the others. */
function ruled(schema: JsonSchema, rules: readonly RegExp[]): string[] {
  const patterns = rules.map(portable)
  const first = patterns.findIndex((each) => each !== undefined)
  if (first >= 0) schema.pattern = patterns[first]
  else if (rules.length > 0) delete schema.pattern
  return rules.filter((_, index) => index !== first).map((rule) => `Matches \`${rule}\` (JavaScript).`)
}

/** Converts the subschemas of a schema. */
function nest(schema: JsonSchema, inner: (json: JsonSchema, path: string) => JsonSchema): void {
  const { items, additionalProperties, properties, required } = schema as Record<string, JsonSchema>
  if (items) schema.items = inner(items, '[]')
  if (additionalProperties) schema.additionalProperties = inner(additionalProperties, '.*')
  const fields = Object.entries((properties ?? {}) as Record<string, JsonSchema>)
  if (properties) schema.properties = Object.fromEntries(fields.map(([key, each]) => [key, inner(each, `.${key}`)]))
  if (Array.isArray(required) && required.length === 0) delete schema.required
  for (const keyword of ['anyOf', 'oneOf', 'allOf'])
    if (schema[keyword])
      schema[keyword] = (schema[keyword] as JsonSchema[]).map((each, index) => inner(each, `|${index + 1}`))
}

/** Moves a schema into the components. @returns a reference, with the keywords of this use. */
function lifted({ nullable, default: value, ...schema }: JsonSchema, name: string, components: Components): JsonSchema {
  const reference = share(components, 'schemas', name, schema)
  const { description, type } = components.schemas[name] as JsonSchema
  const beside = {
    ...(nullable === true && { type, nullable }),
    ...(value !== undefined && { default: value }),
    ...(schema.description !== undefined && schema.description !== description && { description: schema.description }),
  }
  // With one part, openapi-python-client ignores `nullable` and cannot read null.
  const parts = nullable === true ? [reference, { description: schema.description ?? 'Or null.' }] : [reference]
  return Object.keys(beside).length > 0 ? { allOf: parts, ...beside } : reference
}
