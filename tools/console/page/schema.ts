/** Keywords of an OpenAPI 3.0 schema that forms and tables read. */
export interface Schema {
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly type?: string
  readonly format?: string
  readonly nullable?: boolean
  readonly readOnly?: boolean
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly example?: unknown
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
}

/** Shared schemas by name. */
export type Schemas = Readonly<Record<string, Schema>>

/** A form field. */
export interface Field {
  /** `upload`: a file sent directly to the store. */
  readonly place: 'path' | 'query' | 'header' | 'body' | 'upload'
  /** Property path in the body, or the name of a parameter. */
  readonly names: readonly string[]
  readonly kind: 'text' | 'number' | 'choice' | 'file' | 'object' | 'json' | 'secret'
  readonly required: boolean
  readonly schema: Schema
  /** Members of an object. */
  readonly fields?: readonly Field[]
}

/** Maximum nesting of objects shown as fields. Deeper and recursive objects are edited as JSON. */
const MAX_DEPTH = 3

/** Follows references and merges `allOf`. */
export function resolve(schemas: Schemas, { $ref, allOf = [], ...own }: Schema = {}): Schema {
  const target = $ref === undefined ? [] : [schemas[$ref.split('/').at(-1) ?? ''] ?? {}]
  const parts = [...[...target, ...allOf].map((each) => resolve(schemas, each)), own]
  const required = parts.flatMap((part) => part.required ?? [])
  const properties = Object.assign({}, ...parts.map((part) => part.properties))
  return { ...Object.assign({}, ...parts), required, properties }
}

const isFile = ({ format }: Schema) => format === 'binary'

export function fieldOf(schemas: Schemas, given: Schema, at: Pick<Field, 'place' | 'names' | 'required'>): Field {
  const schema = resolve(schemas, given)
  const { type, nullable, properties = {}, required: names = [] } = schema
  const members = Object.entries(properties).filter(([, each]) => !resolve(schemas, each).readOnly)
  if (type === 'object' && !nullable && members.length > 0 && at.names.length < MAX_DEPTH) {
    const fields = members.map(([name, each]) => {
      const example = Object(schema.example)[name]
      const shown = example === undefined ? each : { ...each, example }
      // Members of an optional object are optional here; once one is filled in, the API requires the rest.
      const required = at.required && names.includes(name)
      return fieldOf(schemas, shown, { ...at, names: [...at.names, name], required })
    })
    return { ...at, schema, kind: 'object', fields }
  }
  const kind = () => {
    if (isFile(schema) || isFile(resolve(schemas, schema.items))) return 'file'
    if (choicesOf(schema).length > 0) return 'choice'
    if (type === 'integer' || type === 'number') return 'number'
    return type === 'string' ? 'text' : 'json'
  }
  return { ...at, schema, kind: kind() }
}

/** Allowed values of a boolean or enum. */
export const choicesOf = ({ type, enum: values = [] }: Schema): unknown[] =>
  type === 'boolean' && values.length === 0 ? [true, false] : values.filter((each) => each !== null)

/** Converts a value to the text of an input. */
export const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}

/**
 * Converts an input's text to its value; `undefined` omits it. A number that JSON cannot represent stays text, which the API refuses.
 * @throws SyntaxError for invalid JSON.
 */
export function typedValue({ kind, names, required, schema }: Field, text: string): unknown {
  if (text.trim() === '' && (kind !== 'text' || text === '')) {
    return required && kind === 'text' && !schema.nullable ? '' : undefined
  }
  if (kind === 'json') return JSON.parse(text)
  // Tokens are often pasted with their scheme.
  if (kind === 'secret') return names[0] === 'authorization' ? `Bearer ${text.replace(/^bearer\s+/i, '')}` : text
  if (kind === 'choice') return choicesOf(schema).find((each) => textOf(each) === text)
  if (kind === 'text') return text
  const number = Number(text)
  // Integers beyond 2^53 would lose precision.
  const exact = Number.isSafeInteger(number) || (Number.isFinite(number) && /[.e]/i.test(text))
  return exact ? number : text
}
