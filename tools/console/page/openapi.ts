import { type Field, fieldOf, type Schema, type Schemas } from './schema.ts'

/** A description as `tools/docs` writes it, as far as the page reads it. */
export interface Document {
  readonly info: { readonly title: string; readonly description?: string }
  readonly servers: readonly [{ readonly url: string }]
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: {
    readonly schemas?: Schemas
    readonly securitySchemes?: Readonly<Record<string, SecurityScheme>>
  }
}

/** An API key has a name, a signature has a type. */
type SecurityScheme = { readonly name?: string; readonly 'x-amazon-apigateway-authtype'?: string }

interface DescribedOperation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly 'x-list'?: Operation['list']
  readonly 'x-direct-upload'?: Operation['direct']
  readonly security?: readonly Record<string, unknown>[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: 'path' | 'query' | 'header'
    readonly required?: boolean
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Content }
}

type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>

export interface Operation {
  readonly api: Api
  /** Unique in its API. */
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly parameters: readonly Field[]
  readonly body: { readonly type: string; readonly field: Field } | undefined
  /** Properties of the answer (items, cursor of the next page), and the parameter for that cursor. */
  readonly list: { readonly items: string; readonly next?: string; readonly after?: string } | undefined
  /** Present where the answer is a form for an upload to the store: the body's fields for the file's name, size and type. */
  readonly direct: { readonly name?: string; readonly size?: string; readonly type?: string } | undefined
  /** It has to be signed with AWS credentials, which the page has not. */
  readonly signed: boolean
}

export interface Api {
  readonly name: string
  readonly title: string
  readonly description: string
  /** URL that paths follow. */
  readonly server: string
  readonly operations: readonly Operation[]
}

export function apiOf(name: string, { info, servers, paths, components }: Document): Api {
  const { schemas = {}, securitySchemes = {} } = components
  const operations: Operation[] = []
  const [description = ''] = (info.description ?? '').split('\n')
  const api: Api = { name, title: info.title, description, server: servers[0].url, operations }
  for (const [path, item] of Object.entries(paths))
    for (const [method, { operationId: id, summary, description = '', ...described }] of Object.entries(item)) {
      const parameters = (described.parameters ?? []).map(
        ({ name, in: place, required = false, description, schema }) =>
          fieldOf(schemas, { ...schema, ...(description && { description }) }, { place, names: [name], required }),
      )
      const asked = (described.security ?? []).flatMap(Object.keys).map((scheme) => securitySchemes[scheme] ?? {})
      const signed = asked.some((each) => each['x-amazon-apigateway-authtype'])
      operations.push({
        ...{ api, id, path, summary, signed },
        method: method.toUpperCase(),
        // Descriptions without one of their own repeat the summary.
        description: description === `${summary}.` ? '' : description,
        parameters: signed ? parameters : [...parameters, ...asked.map(secretOf)],
        body: described.requestBody && bodyOf(schemas, described.requestBody.content),
        list: described['x-list'],
        direct: described['x-direct-upload'],
      })
    }
  return api
}

function bodyOf(schemas: Schemas, content: Content): Operation['body'] {
  const [[type, { schema, example }] = ['', { schema: {} }]] = Object.entries(content)
  const whole = { ...schema, ...(example !== undefined && { example }) }
  return { type, field: fieldOf(schemas, whole, { place: 'body', names: [], required: true }) }
}

/** A header that tells who is calling. */
const secretOf = ({ name = 'authorization' }: SecurityScheme): Field => {
  const schema = { type: 'string', format: 'password' }
  return { place: 'header', names: [name.toLowerCase()], kind: 'secret', required: true, schema }
}

/** Operations on the rows of a list: those on its path, and on that path with one more parameter. */
export function rowOperations({ api: { operations }, path: list }: Operation) {
  const below = operations.filter(({ path }) => path !== list && path.replace(/\/\{[^/]+\}$/, '') === list)
  const find = (...methods: string[]) => below.find(({ method }) => methods.includes(method))
  return {
    add: operations.find(({ method, path, direct }) => method === 'POST' && path === list && !direct),
    read: find('GET'),
    change: find('PUT', 'PATCH'),
    remove: find('DELETE'),
    /** Name of the parameter that tells rows apart. */
    key: below[0]?.path.slice(list.length + 2, -1) ?? '',
  }
}

/** Value that tells a row from others: that of the parameter's name, else of `id`, else the first. */
export const keyOf = (row: unknown, name: string): string => {
  if (typeof row !== 'object' || row === null) return String(row)
  const values = row as Record<string, unknown>
  return String(values[name] ?? values.id ?? Object.values(values)[0] ?? '')
}
