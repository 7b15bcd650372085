import type * as v from 'valibot'

export type Schema<TOutput = unknown> = v.GenericSchema<unknown, TOutput>

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `METHOD /resource/{template}`, as API Gateway names a route. */
export type RouteKey = `${Method} /${string}`

/** Request body, JSON or multipart form, with the schema of its parsed value. */
export type BodyDefinition = { readonly json: Schema } | { readonly multipart: Schema }

export const bodySchema = (body: BodyDefinition): Schema => ('json' in body ? body.json : body.multipart)

/** Static definition of a route. The types of its handler follow from it. */
export interface RouteDefinition {
  /** Method name in generated clients. */
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  /** Schema of an object with the path parameters. */
  readonly path?: Schema
  readonly query?: Schema
  /** Schema of an object with headers, by lower-case name. */
  readonly headers?: Schema
  readonly body?: BodyDefinition
  /** Schemas of successful answers by status; `null` for an answer without a body. */
  readonly answers: Readonly<Record<number, Schema | null>>
  /** Headers of successful answers. */
  readonly answerHeaders?: readonly string[]
  /** Error statuses beyond those of every route. */
  readonly errors?: readonly number[]
  /** Marks a list whose items the routes below its path add, change and delete. Names fields of its answer and its query. */
  readonly list?: { readonly items: string; readonly next?: string; readonly after?: string }
  /** Marks an answer `{url, fields}`, a form for an upload to the store. Names the body's fields for the file's name, size and media type. */
  readonly directUpload?: { readonly name?: string; readonly size?: string; readonly type?: string }
}

/** An API and its routes. Free of side effects, so that Terraform, documentation and tests can import it. */
export interface ApiDefinition {
  readonly title: string
  readonly description: string
  readonly routes: Readonly<Record<RouteKey, RouteDefinition>>
}

/** Defines an API, and infers the types of its handlers. */
export const defineApi = <const TApi extends ApiDefinition>(api: TApi): TApi => api

/** Returns an API's resources in the order of its routes: path templates with their methods. */
export function resourcesOf({ routes }: Pick<ApiDefinition, 'routes'>) {
  const keys = Map.groupBy(Object.keys(routes), (key) => key.slice(key.indexOf('/')))
  return [...keys].map(([path, all]) => ({ path, methods: all.map((key) => key.slice(0, key.indexOf(' '))) }))
}

/** Media types whose bodies API Gateway must pass on as bytes: it decodes every other body as UTF-8. */
export const binaryMediaTypes = ({ routes }: ApiDefinition): string[] =>
  Object.values(routes).some(({ body }) => body && 'multipart' in body) ? ['multipart/form-data'] : []

type Output<T> = T extends Schema ? v.InferOutput<T> : undefined
type BodyOutput<T> = T extends { json: infer TSchema } | { multipart: infer TSchema } ? Output<TSchema> : undefined

/** Validated input of a route. */
export interface Input<TRoute extends RouteDefinition = RouteDefinition> {
  readonly path: Output<TRoute['path']>
  readonly query: Output<TRoute['query']>
  readonly headers: Output<TRoute['headers']>
  readonly body: BodyOutput<TRoute['body']>
  /** Requested path, with stage or base path. */
  readonly requestPath: string
  /** Identity of the caller; `undefined` on an open API. */
  readonly caller: string | undefined
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T
type AnswerBody<T> = T extends v.GenericSchema ? DeepReadonly<v.InferInput<T>> : undefined

/** Answer of a handler: a status of the route, with the body of that status. */
export type Answer<TRoute extends RouteDefinition = RouteDefinition> = {
  [TStatus in keyof TRoute['answers']]: {
    readonly status: TStatus
    readonly body: AnswerBody<TRoute['answers'][TStatus]>
    readonly headers?: Readonly<Record<string, string>>
  }
}[keyof TRoute['answers']]

/** Exactly one handler for each route of an API. */
export type Handlers<TApi extends Pick<ApiDefinition, 'routes'>> = {
  readonly [TKey in keyof TApi['routes']]: TApi['routes'][TKey] extends infer TRoute extends RouteDefinition
    ? (input: Input<TRoute>) => Promise<Answer<TRoute>>
    : never
}

/** An answer with a JSON body. */
export const json = <const TStatus extends number, TBody>(
  status: TStatus,
  body: TBody,
  headers: Readonly<Record<string, string>> = {},
) => ({ status, body, headers })

/** An answer without a body. */
export const noContent = () => ({ status: 204, body: undefined }) as const
