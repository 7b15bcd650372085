import * as v from 'valibot'
import type { ApiDefinition, RouteDefinition, Schema } from '../../functions/http/api-definition.ts'
import { formFields } from '../../functions/http/multipart/file-part.ts'

/** A request that the examples of an API's schemas make. */
export interface Example {
  readonly method: string
  /** Path template, e.g. `/items/{id}`. */
  readonly resource: string
  /** Query included. */
  readonly path: string
  readonly json?: unknown
  /** Fields of a form; a file is undefined. */
  readonly form?: Readonly<Record<string, unknown>>
}

/** A request for each route that can be called with nothing there: one without parameters in its path. */
export const examplesOf = ({ routes }: ApiDefinition): Example[] =>
  Object.entries<RouteDefinition>(routes).flatMap(([key, route]) => {
    const [method = '', resource = ''] = key.split(' ')
    if (resource.includes('{')) return []
    const query = new URLSearchParams(
      Object.entries(fieldsOf(route.query, true)).map(([name, value]): [string, string] => [name, String(value)]),
    )
    const path = `${resource}${query.size > 0 ? `?${query}` : ''}`
    const { body } = route
    if (!body) return { method, resource, path }
    if ('json' in body) return { method, resource, path, json: exampleOf(body.json) }
    const fields = fieldsOf(body.multipart)
    const { files } = formFields(body.multipart)
    return {
      method,
      resource,
      path,
      form: { ...fields, ...Object.fromEntries(files.map((name) => [name, undefined])) },
    }
  })

interface Node {
  readonly type: string
  readonly entries?: Readonly<Record<string, Schema>>
  readonly pipe?: readonly Schema[]
}

function entriesOf(schema: Schema | undefined): Readonly<Record<string, Schema>> {
  const { entries, pipe = [] } = (schema ?? {}) as Node
  return (
    entries ??
    pipe
      .toReversed()
      .map(entriesOf)
      .find((found) => Object.keys(found).length > 0) ??
    {}
  )
}

/** Examples of an object's fields. @param required leaves out those that a caller may leave out. */
function fieldsOf(schema: Schema | undefined, required = false): Record<string, unknown> {
  const wanted = Object.entries(entriesOf(schema)).filter(
    ([, field]) => !(required && (field as Node).type === 'optional'),
  )
  return Object.fromEntries(
    wanted.flatMap(([name, field]) => {
      const example = exampleOf(field)
      return example === undefined ? [] : [[name, example]]
    }),
  )
}

function exampleOf(schema: Schema): unknown {
  const { wrapped = schema } = schema as { wrapped?: Schema }
  const [example] = v.getExamples(wrapped as never) as unknown[]
  if (example !== undefined || wrapped.type === 'unknown') return example
  const fields = fieldsOf(wrapped)
  return Object.keys(fields).length > 0 ? fields : undefined
}
