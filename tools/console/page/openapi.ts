import { type Field, fieldOf, resolve, type Schema } from './schema.ts'

/** An OpenAPI document, as far as the page reads it. */
export interface Document {
  readonly info?: { readonly title?: string; readonly description?: string }
  readonly servers?: readonly { readonly url: string }[]
  readonly tags?: readonly { readonly name: string; readonly description?: string }[]
  readonly security?: readonly Record<string, unknown>[]
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, SecurityScheme>> }
}

interface SecurityScheme {
  readonly type: string
  readonly in?: string
  readonly name?: string
  readonly scheme?: string
  readonly description?: string
  readonly 'x-amazon-apigateway-authtype'?: string
}

/** What an API asks of its callers: a header, or a signature that only holders of AWS credentials can make. */
export interface Access {
  /** Lower case. */
  readonly header: string
  readonly kind: 'key' | 'bearer' | 'signature'
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly field: Field
}

/** Fields of the body that ask for a file's name, size and media type. */
export interface DirectUpload {
  readonly name?: string
  readonly size?: string
  readonly type?: string
}

export interface Operation {
  /** Name of its API. */
  readonly api: string
  /** Unique in its API. */
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly parameters: readonly Parameter[]
  readonly body?: { readonly type: string; readonly field: Field }
  readonly answers: readonly { readonly status: string; readonly description: string; readonly schema?: Schema }[]
  /** Names of what it lists in its answer, of the next page's beginning there, and of the parameter for that. */
  readonly list?: { readonly items: string; readonly next?: string; readonly after?: string; readonly item: Schema }
  /** Its answer is a form, `{url, fields}`, for an upload straight to the store. */
  readonly direct?: DirectUpload
  readonly access: readonly Access[]
}

export interface Api {
  readonly name: string
  readonly title: string
  readonly description?: string
  /** URL that paths follow. */
  readonly server: string
  readonly document: Document
  readonly operations: readonly Operation[]
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const

/** Reads an API's description. */
export function apiOf(name: string, document: Document): Api {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => operationOf(name, document, path, method, item)),
  )
  const { title = name, description = document.tags?.[0]?.description } = document.info ?? {}
  const server = (document.servers?.[0]?.url ?? '').replace(/\/$/, '')
  return { name, title, ...(description && { description }), server, document, operations }
}

type Described = Record<string, never> & {
  schema?: Schema
  content?: Record<string, { schema?: Schema; example?: unknown }>
}

function operationOf(
  api: string,
  document: Document,
  path: string,
  method: string,
  item: Readonly<Record<string, unknown>>,
): Operation {
  const given = item[method] as Record<string, unknown>
  const follow = (each: unknown) =>
    resolve(document, each as Schema) as unknown as Described & { [key: string]: unknown }
  const id = String(given.operationId ?? `${method}${path}`)
  const parameters = [item.parameters, given.parameters].flatMap((each) => (each as unknown[]) ?? []).map(follow)
  const answers = Object.entries((given.responses ?? {}) as object).map(([status, each]) => {
    const { description = '', content = {} } = follow(each) as { description?: string } & Described
    const schema = content['application/json']?.schema
    return { status, description, ...(schema && { schema }) }
  })
  const body = given.requestBody === undefined ? undefined : bodyOf(document, follow(given.requestBody).content ?? {})
  const list = given['x-list'] as Operation['list'] | undefined
  const success = answers.find(({ status, schema }) => status.startsWith('2') && schema)?.schema
  const items = list && resolve(document, resolve(document, success).properties?.[list.items])
  return {
    api,
    id,
    method: method.toUpperCase(),
    path,
    summary: String(given.summary ?? id),
    ...(typeof given.description === 'string' && { description: given.description }),
    parameters: parameters
      .filter((each) => ['path', 'query', 'header'].includes(String(each.in)))
      .map((each) => {
        const { name, in: place, required = false, description, example } = each as Record<string, unknown>
        const schema = {
          ...resolve(document, each.schema as Schema),
          ...(description !== undefined && { description: String(description) }),
          ...(example !== undefined && { example }),
        }
        return {
          in: place as Parameter['in'],
          field: fieldOf(document, schema, { path: String(name), required: Boolean(required) }),
        }
      }),
    ...(body && { body }),
    answers,
    ...(list && { list: { ...list, item: resolve(document, items?.items) } }),
    ...(given['x-direct-upload'] !== undefined && { direct: given['x-direct-upload'] as DirectUpload }),
    access: accessOf(document, (given.security ?? document.security ?? []) as Record<string, unknown>[]),
  }
}

function bodyOf(document: Document, content: NonNullable<Described['content']>): Operation['body'] {
  const type = ['application/json', 'multipart/form-data'].find((each) => content[each]) ?? Object.keys(content)[0]
  if (!type) return undefined
  const { schema = {}, example } = content[type] ?? {}
  const whole = { ...schema, ...(example !== undefined && { example }) }
  const field = fieldOf(document, whole, { path: '', required: true, form: type.startsWith('multipart/') })
  return { type, field }
}

const accessOf = (document: Document, security: readonly Record<string, unknown>[]): Access[] =>
  security.flatMap(Object.keys).flatMap((name): Access[] => {
    const scheme = document.components?.securitySchemes?.[name]
    if (!scheme) return []
    const { type, in: place, scheme: kind, 'x-amazon-apigateway-authtype': signed } = scheme
    if (/sigv4/i.test(signed ?? '')) return [{ header: 'authorization', kind: 'signature' }]
    if (type === 'http' && kind?.toLowerCase() === 'bearer') return [{ header: 'authorization', kind: 'bearer' }]
    if (type === 'apiKey' && place === 'header') return [{ header: (scheme.name ?? '').toLowerCase(), kind: 'key' }]
    return []
  })

/** What a row of a list can do: operations on the list's path, and on that path with one more parameter. */
export function rowOperations({ operations }: Api, list: Operation) {
  const parameter = new RegExp(`^${list.path.replace(/[{}.]/g, '\\$&')}/\\{([^/]+)\\}$`)
  const below = operations.filter(({ path }) => parameter.test(path))
  const find = (...methods: string[]) =>
    methods.flatMap((method) => below.find((each) => each.method === method) ?? [])[0]
  return {
    add: operations.find(({ method, path, direct }) => method === 'POST' && path === list.path && !direct),
    open: find('GET'),
    change: find('PUT', 'PATCH'),
    remove: find('DELETE'),
    /** Name of the parameter that tells rows apart. */
    key: below[0] ? (parameter.exec(below[0].path)?.[1] ?? '') : '',
  }
}

/** The value of a row that its path has: that of the parameter's name, else of `id`, else the first. */
export const keyOf = (row: unknown, name: string): string => {
  if (typeof row !== 'object' || row === null) return String(row)
  const values = row as Record<string, unknown>
  return String(values[name] ?? values.id ?? Object.values(values)[0] ?? '')
}

/** Operations that read what these values name: all that they require is there, by its name. */
export const nextSteps = ({ operations }: Api, from: Operation, values: ReadonlyMap<string, string>): Operation[] =>
  operations.filter(({ id, method, parameters }) => {
    const required = parameters.filter(({ field }) => field.required)
    const given = required.length > 0 && required.every(({ field }) => values.has(field.path))
    return method === 'GET' && id !== from.id && given
  })
