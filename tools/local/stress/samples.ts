import type { RouteDefinition, Schema } from '../../../functions/http/api-definition.ts'
import { placeOf, readApis } from '../../docs/openapi/apis.ts'
import { exampleOf, isFile, type JsonSchema, toSchema } from '../../docs/openapi/json-schema.ts'
import { synthesized } from '../../docs/synthesized.ts'

/** A request made of the examples of a route's schemas. */
export interface Sample {
  /** As its API's definition has it, e.g. `GET /things/{id}`. */
  readonly route: string
  readonly method: string
  /** With the stage. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request for every route of the APIs in `functions/`, at the stages that the Terraform of these settings gives them. */
export async function readSamples(settings: 'default' | 'own' = 'default'): Promise<Sample[]> {
  const { terraform } = await synthesized(settings)
  return [...(await readApis()).values()].flatMap(({ routes }) =>
    Object.entries(routes).map(([route, definition]) => {
      const [method = '', template = ''] = route.split(' ')
      const path = `/${placeOf(terraform, route).stage}${pathOf(template, definition)}`
      return { route, method, path, ...contentOf(definition) }
    }),
  )
}

/** Values by field. */
const examples = (schema: Schema | undefined) =>
  Object.entries(Object(schema && exampleOf(toSchema(schema, true).json))).map(
    ([name, value]) => [name, String(value)] as const,
  )

function pathOf(template: string, { path, query }: RouteDefinition): string {
  const values = new Map(examples(path))
  const filled = template.replace(/\{(\w+)\+?\}/g, (_, name) => encodeURIComponent(values.get(name) ?? 'x'))
  const parameters = new URLSearchParams(Object.fromEntries(examples(query)))
  return parameters.size > 0 ? `${filled}?${parameters}` : filled
}

function contentOf({ headers: schema, body }: RouteDefinition): Pick<Sample, 'headers' | 'body'> {
  const headers = Object.fromEntries(examples(schema))
  if (!body) return { headers, body: '' }
  if ('json' in body)
    return {
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(exampleOf(toSchema(body.json, false).json) ?? {}),
    }
  const { properties } = toSchema(body.multipart, true).json as { properties: Record<string, JsonSchema> }
  const parts = examples(body.multipart).map(([name, value]) => {
    const file = isFile(properties[name] ?? {}) && '; filename="a.txt"\r\nContent-Type: text/plain; charset=utf-8'
    return `--boundary\r\nContent-Disposition: form-data; name="${name}"${file || ''}\r\n\r\n${value}\r\n`
  })
  const form = { ...headers, 'content-type': 'multipart/form-data; boundary=boundary' }
  return { headers: form, body: `${parts.join('')}--boundary--\r\n` }
}
