/** A schema of an API's description (OpenAPI 3.0), as far as forms and tables read it. */
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

/** Schemas that others refer to, by name. */
export type Schemas = Readonly<Record<string, Schema>>

/** A value that a form asks for. */
export interface Field {
  /** `upload`: a file that goes straight to the store. */
  readonly place: 'path' | 'query' | 'header' | 'body' | 'upload'
  /** Properties from the body's root; the name of a parameter. */
  readonly names: readonly string[]
  readonly kind: 'text' | 'number' | 'choice' | 'file' | 'object' | 'json' | 'secret'
  readonly required: boolean
  readonly schema: Schema
  /** Members of an object. */
  readonly fields?: readonly Field[]
}

/** Nesting of objects with fields of their own. Deeper ones, and those that contain themselves, are JSON. */
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
      // Members of an optional object are optional until one of them is filled in; the API then asks for the rest.
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

/** The only values of a schema that has few. */
export const choicesOf = ({ type, enum: values = [] }: Schema): unknown[] =>
  type === 'boolean' && values.length === 0 ? [true, false] : values.filter((each) => each !== null)

/** The text that stands for a value in an input. */
export const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}

/**
 * The value that a text stands for; `undefined` is left out. A number that JSON cannot carry stays a text, which the API refuses.
 * @throws SyntaxError where JSON is expected
 */
export function typedValue({ kind, names, required, schema }: Field, text: string): unknown {
  if (text.trim() === '' && (kind !== 'text' || text === '')) {
    return required && kind === 'text' && !schema.nullable ? '' : undefined
  }
  if (kind === 'json') return JSON.parse(text)
  // Tokens are often copied with the word before them.
  if (kind === 'secret') return names[0] === 'authorization' ? `Bearer ${text.replace(/^bearer\s+/i, '')}` : text
  if (kind === 'choice') return choicesOf(schema).find((each) => textOf(each) === text)
  if (kind === 'text') return text
  const number = Number(text)
  // An integer beyond 2^53 would come out as another one.
  const exact = Number.isSafeInteger(number) || (Number.isFinite(number) && /[.e]/i.test(text))
  return exact ? number : text
}
