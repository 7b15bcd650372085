import { type Field, fieldOf, type Schema, type Schemas } from './schema.ts'

/** Parts of a description from `tools/docs` that the page reads. */
export interface Document {
  readonly info: { readonly title: string; readonly description?: string }
  /** The only server, the base URL of all paths. */
  readonly servers: readonly [{ readonly url: string }]
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: { readonly schemas?: Schemas; readonly securitySchemes?: Record<string, SecurityScheme> }
}

/** An API key has a name, a signature has a type. */
type SecurityScheme = { readonly name?: string; readonly 'x-amazon-apigateway-authtype'?: string }

interface DescribedOperation {
  /** Unique in its API. */
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  /** Properties of the response (items, cursor of the next page), and the parameter for that cursor. */
  readonly 'x-list'?: { readonly items: string; readonly next?: string; readonly after?: string }
  /** Present if the response is a presigned upload form: the body's fields for the file's name, size and type. */
  readonly 'x-direct-upload'?: { readonly name?: string; readonly size?: string; readonly type?: string }
  readonly security?: readonly Record<string, unknown>[]
  readonly parameters?: { name: string; in: Field['place']; required?: boolean; description?: string; schema: Schema }[]
  readonly requestBody?: { readonly content: Content }
}

type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>

export type Api = ReturnType<typeof apiOf>
export type Operation = Api['operations'][number]

export function apiOf(name: string, { info, servers: [server], paths, components }: Document) {
  const [description = ''] = (info.description ?? '').split('\n')
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]) => ({
      ...{ server: server.url, path, method: method.toUpperCase() },
      ...operationOf(described, components),
    })),
  )
  return { name, title: info.title, description, operations }
}

function operationOf(
  { operationId: id, summary, description = '', ...described }: DescribedOperation,
  { schemas = {}, securitySchemes = {} }: Document['components'],
) {
  const parameters = (described.parameters ?? []).map(({ name, in: place, required = false, description, schema }) =>
    fieldOf(schemas, { ...schema, ...(description && { description }) }, { place, names: [name], required }),
  )
  const asked = (described.security ?? []).flatMap(Object.keys).map((scheme) => securitySchemes[scheme] ?? {})
  /** Needs an AWS signature; the page has no AWS credentials. */
  const signed = asked.some((each) => each['x-amazon-apigateway-authtype'])
  return {
    ...{ id, summary, signed },
    // The default description repeats the summary.
    description: description === `${summary}.` ? '' : description,
    parameters: signed ? parameters : [...parameters, ...asked.map(secretOf)],
    body: described.requestBody && bodyOf(schemas, described.requestBody.content),
    list: described['x-list'],
    direct: described['x-direct-upload'],
  }
}

function bodyOf(schemas: Schemas, content: Content) {
  const [[type, { schema, example }] = ['', { schema: {} }]] = Object.entries(content)
  const whole = { ...schema, ...(example !== undefined && { example }) }
  return { type, field: fieldOf(schemas, whole, { place: 'body', names: [], required: true }) }
}

/** Field for a header with credentials. */
const secretOf = ({ name = 'authorization' }: SecurityScheme): Field => {
  const schema = { type: 'string', format: 'password' }
  return { place: 'header', names: [name.toLowerCase()], kind: 'secret', required: true, schema }
}

/** Finds the operations on rows of a list: on its path, and on that path with one more parameter. */
export function rowOperations({ path: list }: Operation, operations: readonly Operation[]) {
  const below = operations.filter(({ path }) => path !== list && path.replace(/\/\{[^/]+\}$/, '') === list)
  const find = (...methods: string[]) => below.find(({ method }) => methods.includes(method))
  return {
    add: operations.find(({ method, path, direct }) => method === 'POST' && path === list && !direct),
    read: find('GET'),
    change: find('PUT', 'PATCH'),
    remove: find('DELETE'),
    /** Name of the row's key parameter. */
    key: below[0]?.path.slice(list.length + 2, -1) ?? '',
  }
}

/** Key of a row: the property with the parameter's name, else `id`, else the first. */
export const keyOf = (row: unknown, name: string): string => {
  if (typeof row !== 'object' || row === null) return String(row)
  const values = row as Record<string, unknown>
  return String(values[name] ?? values.id ?? Object.values(values)[0] ?? '')
}
