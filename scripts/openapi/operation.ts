import type * as v from 'valibot'
import type { JsonSchema } from './json-schema.ts'

/** A request that the tests send, and the answer that it gets. */
export interface Example {
  readonly summary: string
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly headers?: Readonly<Record<string, string>>
  /** Of a JSON body. */
  readonly json?: unknown
  readonly form?: ExampleForm
  /** A body that is neither, with its media type. */
  readonly raw?: { readonly contentType: string; readonly text: string }
  readonly answer: {
    readonly status: number
    /** Links, policies and request ids are never the same twice: only their form is. */
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
  }
}

export interface ExampleForm {
  readonly fields: Readonly<Record<string, string>>
  readonly file: { readonly name: string; readonly type: string; readonly text: string }
}

/** What people and tools are told of a field. */
export interface FieldText {
  readonly description: string
  readonly examples?: readonly unknown[]
}

/** All that is said of a route; its method and path are the key of the table that it stands in. */
export interface Operation {
  readonly operationId: string
  readonly tag: string
  readonly summary: string
  readonly description: string
  /** The schemas that validate, each of an object whose entries are the parameters. */
  readonly parameters?: Partial<Readonly<Record<'path' | 'query' | 'header', v.GenericSchema>>>
  /** By the parameters' names. */
  readonly parameterTexts?: Readonly<Record<string, FieldText>>
  /** Names of the components of schemas. */
  readonly body?: { readonly mediaType: 'application/json' | 'multipart/form-data'; readonly schema: string }
  readonly answer: {
    readonly status: 200 | 204
    readonly description: string
    readonly schema?: string
    readonly headers?: readonly string[]
    readonly links?: Readonly<Record<string, unknown>>
  }
  /** Of the function's errors those that not every route has. */
  readonly errors: readonly (404 | 415 | 422)[]
  /** By name, in the order in which they are sent to a service that has no data yet. */
  readonly examples: Readonly<Record<string, Example>>
}

/** All that is said of an API. */
export interface Description {
  /** What its operations have as their tag. */
  readonly tag: { readonly name: string; readonly description: string }
  /** By `METHOD /path`. */
  readonly operations: Readonly<Record<string, Operation>>
  /** Those that the operations name. */
  readonly schemas: Readonly<Record<string, JsonSchema>>
}
