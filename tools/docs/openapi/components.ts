import { isDeepStrictEqual } from 'node:util'
import { isFile, isName, type JsonSchema } from './json-schema.ts'
import { portable } from './pattern.ts'
import { simplified } from './simplified.ts'

/** Parts that operations share, by kind and name. Only those that are referred to are added. */
export type Components = Record<'schemas' | 'responses' | 'headers' | 'securitySchemes', Record<string, object>>

/** Where a schema stands: its route and field for messages, the name of its type where it has no title. */
export interface Place {
  readonly at: string
  readonly name: string
  readonly components: Components
  /** A form, or a field of one. */
  readonly part?: 'form' | 'field'
}

/** Keywords of OpenAPI 3.0 that generators know; others, such as `not`, are rules for the description. */
const KEYWORDS = new Set([
  ...['$ref', 'type', 'format', 'description', 'enum', 'default', 'example', 'pattern', 'nullable', 'deprecated'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'required', 'readOnly', 'writeOnly'],
  ...['items', 'properties', 'additionalProperties', 'anyOf', 'oneOf', 'allOf', 'discriminator'],
])
/** What may differ where a schema is used. */
const ANNOTATIONS = ['description', 'example', 'default', 'nullable', 'deprecated']

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
 * A schema as every generator of clients can read it, its objects and unions in the components.
 * @throws Error that names route and field where no client can be made from it.
 */
export function schemaOf(json: JsonSchema, place: Place): JsonSchema {
  const { title, rules = [], foreign, ...given } = simplified(json)
  const schema = Object.fromEntries(
    Object.entries(given).filter(([key, value]) => KEYWORDS.has(key) && value !== undefined),
  )
  if (schema.$ref) return schema
  const told = [schema.description ?? (isName(title) ? undefined : title), ...(rules as string[]).map(ruleText)]
  schema.example ??= (json.examples as unknown[] | undefined)?.[0]
  // That of a parameter may be what its text stands for.
  if (schema.type === 'string' && /number|boolean/.test(typeof schema.example)) schema.example = String(schema.example)
  typed(schema, told)
  if (place.part === 'field' && isFile(schema)) return binary(schema, told)
  if (foreign !== undefined && schema.type === undefined && !schema.anyOf && !schema.oneOf)
    throw new Error(
      `${place.at}: JSON has no v.${foreign}(). Take a schema of what is sent, or say its type by v.metadata({ type: … })`,
    )
  // What stands in a schema with a title has one name wherever that is used.
  const own = isName(title) ? { ...place, name: title } : place
  nest(schema, own)
  return lifted(annotated(schema, told), isName(title), own)
}

const ruleText = (rule: string) => `Matches \`${rule}\` (JavaScript).`
const annotated = ({ description: _, example, ...schema }: JsonSchema, told: readonly unknown[]): JsonSchema => {
  const text = told.filter(Boolean).join(' ')
  return { ...schema, ...(text && { description: text }), ...(example !== undefined && { example }) }
}
const binary = ({ example }: JsonSchema, told: readonly unknown[]) =>
  annotated({ type: 'string', format: 'binary', example }, told)

/** Gives a scalar what statically typed languages have to know, and takes what they cannot say into words. */
function typed(schema: JsonSchema, told: unknown[]): void {
  const { enum: options, pattern } = schema
  if (Array.isArray(options)) {
    const [kind, ...others] = new Set(options.map((each) => (Number.isInteger(each) ? 'integer' : typeof each)))
    if (others.length === 0) schema.type = kind
    // Only text and integers are enums everywhere.
    if (kind !== 'string' && kind !== 'integer') {
      told.push(`One of ${options.map((each) => `\`${each}\``).join(', ')}.`)
      delete schema.enum
    }
  }
  if (schema.type === 'integer') {
    const { minimum = -Infinity, maximum = Infinity } = schema
    schema.format ??= Number(minimum) >= -(2 ** 31) && Number(maximum) < 2 ** 31 ? 'int32' : 'int64'
  }
  if (schema.type === 'number') schema.format ??= 'double'
  if (pattern === undefined) return
  schema.pattern = portable(String(pattern))
  if (schema.pattern !== undefined) return
  delete schema.pattern
  told.push(ruleText(`/${pattern}/u`))
}

/** Describes what stands in a schema, each under a name of its own. */
function nest(schema: JsonSchema, place: Place): void {
  const part = place.part && { part: 'field' as const }
  const inner = (json: unknown, suffix: string, path: string): unknown =>
    typeof json === 'object' && json !== null
      ? schemaOf(json as JsonSchema, { ...place, ...part, name: `${place.name}${suffix}`, at: `${place.at}${path}` })
      : json
  if (schema.items) schema.items = inner(schema.items, 'Item', '[]')
  if (schema.additionalProperties) schema.additionalProperties = inner(schema.additionalProperties, 'Value', '.*')
  if (schema.properties)
    schema.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, each]) => [key, inner(each, pascal(key), `.${key}`)]),
    )
  if (Array.isArray(schema.required) && schema.required.length === 0) delete schema.required
  const { propertyName = '' } = (schema.discriminator ?? {}) as { propertyName?: string }
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const options = schema[keyword] as { properties?: Record<string, JsonSchema> }[] | undefined
    if (!options) continue
    const tags = options.map(({ properties }) => {
      const { const: value, enum: [first] = [value] } = (properties?.[propertyName] ?? {}) as {
        const?: unknown
        enum?: unknown[]
      }
      return first
    })
    const parts = options.map((option, index) =>
      inner(option, tags[index] === undefined ? String(index + 1) : pascal(String(tags[index])), `|${index + 1}`),
    ) as { $ref?: string }[]
    schema[keyword] = parts
    if (propertyName && parts.every(({ $ref }, index) => $ref && tags[index] !== undefined))
      schema.discriminator = {
        propertyName,
        mapping: Object.fromEntries(parts.map(({ $ref }, index) => [tags[index], $ref])),
      }
    else delete schema.discriminator
  }
}

export const pascal = (text: string) =>
  text.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_, first: string) => first.toUpperCase())

/** Moves what clients have a type for into the components: objects, unions, and enums with a name. */
function lifted(schema: JsonSchema, isTitle: boolean, { name, components }: Place): JsonSchema {
  const isObject = Object.keys(schema.properties ?? {}).length > 0
  if (!isObject && !schema.anyOf && !schema.oneOf && !(isTitle && schema.enum)) return schema
  const { nullable, default: value, ...rest } = schema
  const reference = share(components, 'schemas', name, rest)
  const { description, type } = components.schemas[name] as JsonSchema
  const beside = {
    ...(nullable === true && { type, nullable }),
    ...(value !== undefined && { default: value }),
    ...(rest.description !== undefined && rest.description !== description && { description: rest.description }),
  }
  return Object.keys(beside).length > 0 ? { allOf: [reference], ...beside } : reference
}
