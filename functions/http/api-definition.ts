import type * as v from 'valibot'

export type Schema<TOutput = unknown> = v.GenericSchema<unknown, TOutput>

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `METHOD /resource/{template}`, as API Gateway names a route. */
export type RouteKey = `${Method} /${string}`

/** The body of a request: JSON, or a form with files, and the schema of what its parser makes of it. */
export type BodyDefinition = { readonly json: Schema } | { readonly multipart: Schema }

/** The schema of a body, whatever its kind. */
export const bodySchema = (body: BodyDefinition): Schema => ('json' in body ? body.json : body.multipart)

/** One route: all that is known of it without running it. Its handler is typed by it. */
export interface RouteDefinition {
  /** Name of the call in generated clients. */
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  /** An object of the path's parameters. */
  readonly path?: Schema
  readonly query?: Schema
  /** An object of headers, by their names in lower case. */
  readonly headers?: Schema
  readonly body?: BodyDefinition
  /** Schemas of the answers that are no errors, by status; `null` without a body. */
  readonly answers: Readonly<Record<number, Schema | null>>
  /** Headers of these answers. */
  readonly answerHeaders?: readonly string[]
  /** Statuses of errors beyond those that every route can give. */
  readonly errors?: readonly number[]
  /** This route lists what routes below its path add, change and delete: names in its answer and its query. */
  readonly list?: { readonly items: string; readonly next?: string; readonly after?: string }
  /** The answer is a form, `{url, fields}`, for an upload straight to the store: fields of the body that ask for the file's name, size and media type. */
  readonly directUpload?: { readonly name?: string; readonly size?: string; readonly type?: string }
}

/** An API: what it is about, and its routes. Free of side effects, so that Terraform, documents and tests can read it. */
export interface ApiDefinition {
  readonly title: string
  readonly description: string
  readonly routes: Readonly<Record<RouteKey, RouteDefinition>>
}

/** Defines an API; the types of its handlers follow. */
export const defineApi = <const TApi extends ApiDefinition>(api: TApi): TApi => api

/** The resources of an API, in the order of its routes: path templates, and the methods that are defined on each. */
export function resourcesOf({ routes }: Pick<ApiDefinition, 'routes'>) {
  const keys = Map.groupBy(Object.keys(routes), (key) => key.slice(key.indexOf('/')))
  return [...keys].map(([path, all]) => ({ path, methods: all.map((key) => key.slice(0, key.indexOf(' '))) }))
}

/** Media types whose bodies API Gateway must pass on as bytes: it reads every other body as UTF-8 text. */
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
  /** The path that the caller used, with stage or base path. */
  readonly requestPath: string
  /** Identity of the caller, where the API asks for one. */
  readonly caller: string | undefined
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T
type AnswerBody<T> = T extends v.GenericSchema ? DeepReadonly<v.InferInput<T>> : undefined

/** Answer of a handler: one of the route's statuses, with the body of that status. */
export type Answer<TRoute extends RouteDefinition = RouteDefinition> = {
  [TStatus in keyof TRoute['answers']]: {
    readonly status: TStatus
    readonly body: AnswerBody<TRoute['answers'][TStatus]>
    readonly headers?: Readonly<Record<string, string>>
  }
}[keyof TRoute['answers']]

/** A handler for each route of an API, and no other. */
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
