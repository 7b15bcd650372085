/** A JSON Schema, as far as forms and tables read it. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly format?: string
  readonly contentMediaType?: string
  readonly nullable?: boolean
  readonly readOnly?: boolean
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

/** A value that a form asks for. */
export interface Field {
  /** Names from the body's root, joined by dots; the name of a parameter. */
  readonly path: string
  readonly kind: 'text' | 'long' | 'number' | 'boolean' | 'choice' | 'file' | 'object' | 'json'
  readonly required: boolean
  readonly nullable: boolean
  readonly schema: Schema
  /** Of a choice. */
  readonly choices?: readonly unknown[]
  /** Of an object. */
  readonly fields?: readonly Field[]
  /** Of files: more than one of this name. */
  readonly many?: boolean
}

/** Objects in objects that have fields of their own; deeper ones, and those that contain themselves, are JSON. */
const MAX_DEPTH = 3
/** Characters above which a text gets lines. */
const LONG = 1024

/** The schema itself: references followed, `allOf` merged, `null` taken out of a union. */
export function resolve(document: unknown, given: Schema | undefined, depth = 0): Schema {
  if (!given || depth > 20) return {}
  const { $ref, allOf, ...own } = given
  if ($ref !== undefined) {
    const parts = $ref.replace(/^#\//, '').split('/')
    const names = parts.map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    const target = names.reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], document)
    return { ...resolve(document, target as Schema | undefined, depth + 1), ...own }
  }
  if (allOf) {
    const parts = [own, ...allOf.map((each) => resolve(document, each, depth + 1))]
    const properties = Object.assign({}, ...parts.map((part) => part.properties))
    const required = parts.flatMap((part) => part.required ?? [])
    return { ...Object.assign({}, ...parts.toReversed()), properties, required }
  }
  const options = own.anyOf ?? own.oneOf
  if (!options) return own
  const { anyOf, oneOf, ...rest } = own
  const [only, ...more] = options.filter((each) => resolve(document, each, depth + 1).type !== 'null')
  if (more.length > 0 || !only) return own
  return { ...resolve(document, only, depth + 1), ...rest, ...(options.length > 1 && { nullable: true }) }
}

/** The types of a schema but `null`. */
export const typesOf = ({ type, properties, items }: Schema): string[] => {
  const given = [type ?? (properties ? 'object' : items ? 'array' : [])].flat()
  return given.filter((each) => each !== 'null')
}

const isFile = ({ format, contentMediaType }: Schema) => format === 'binary' || contentMediaType !== undefined

/** @param form Whether it is sent as a form, which has files. */
export function fieldOf(
  document: unknown,
  given: Schema,
  { path, required, form = false }: { readonly path: string; readonly required: boolean; readonly form?: boolean },
  depth = 0,
): Field {
  const schema = resolve(document, given)
  const types = typesOf(schema)
  const values = schema.enum ?? ('const' in schema ? [schema.const] : undefined)
  const nullable =
    schema.nullable === true || [schema.type].flat().includes('null') || (values?.includes(null) ?? false)
  const common = { path, required, nullable, schema }
  const item = schema.items && resolve(document, schema.items)
  if (form && (isFile(schema) || (item && isFile(item)))) return { ...common, kind: 'file', many: item !== undefined }
  if (values) return { ...common, kind: 'choice', choices: values.filter((each) => each !== null) }
  const [type] = types
  const known = Object.entries(schema.properties ?? {}).filter(([, each]) => resolve(document, each).readOnly !== true)
  if (type === 'object' && known.length > 0 && depth < MAX_DEPTH && !nullable) {
    const fields = known.map(([name, each]) => {
      const place = { path: path ? `${path}.${name}` : name, required: schema.required?.includes(name) ?? false, form }
      return fieldOf(document, each, place, depth + 1)
    })
    return { ...common, kind: 'object', fields }
  }
  if (types.length === 1 && type === 'boolean') return { ...common, kind: 'boolean' }
  if (types.length === 1 && (type === 'integer' || type === 'number')) return { ...common, kind: 'number' }
  if (types.length === 1 && type === 'string')
    return { ...common, kind: (schema.maxLength ?? 0) > LONG ? 'long' : 'text' }
  return { ...common, kind: 'json' }
}

/** A value as the text of its input. */
export const textOf = ({ kind }: Pick<Field, 'kind'>, value: unknown): string => {
  if (value === undefined || value === null) return ''
  return kind === 'json' || typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}

/**
 * What was typed, as JSON has it; `undefined` is left out. What is no number stays a text: the API says why it refuses that.
 * @throws SyntaxError where it should be JSON and is not.
 */
export function typedValue({ kind, required, choices }: Field, text: string): unknown {
  if (text === '' && !(required && (kind === 'text' || kind === 'long'))) return undefined
  if (kind === 'json') return JSON.parse(text)
  if (kind === 'choice') return choices?.find((each) => textOf({ kind }, each) === text) ?? text
  if (kind === 'boolean') return text === 'true'
  if (kind !== 'number') return text
  const trimmed = text.trim()
  const number = Number(trimmed)
  // An integer beyond 2^53 would come out as another one.
  const exact = Number.isFinite(number) && (Number.isSafeInteger(number) || !/^-?\d+$/.test(trimmed))
  return exact && trimmed !== '' ? number : text
}

/** Kind and limits of a value in a few signs, e.g. `integer 0–150`. */
export function typeLabel(schema: Schema): string {
  const name = isFile(schema) ? 'file' : typesOf(schema).join(' | ') || 'any'
  const type = name === 'string' && schema.format ? schema.format : name
  const { minimum, maximum, minLength, maxLength } = schema
  const [low, high] = [minimum ?? minLength, maximum ?? maxLength]
  if (high !== undefined && high < Number.MAX_SAFE_INTEGER)
    return low === undefined ? `${type} ≤ ${high}` : `${type} ${low}–${high}`
  return low === undefined || low === 0 ? type : `${type} ≥ ${low}`
}

/** What a field begins with: the example of what it needs. */
export const exampleOf = ({ example, examples, default: standard }: Schema): unknown =>
  example ?? examples?.[0] ?? standard
