import type { RouteDefinition, Schema } from '../../../functions/http/api-definition.ts'
import { placeOf, readApis } from '../../docs/openapi/apis.ts'
import { exampleOf, isFile, type JsonSchema, toSchema } from '../../docs/openapi/json-schema.ts'
import { synthesized } from '../../docs/synthesized.ts'

export type Sample = Awaited<ReturnType<typeof readSamples>>[number]

/** A request for every route of the APIs in `functions/`, made of the examples of its schemas, at the stage that Terraform gives it. */
export async function readSamples() {
  const { terraform } = await synthesized()
  const routes = [...(await readApis()).values()].flatMap((api) => Object.entries(api.routes))
  return Promise.all(
    routes.map(async ([route, { path, query, headers, body }]) => {
      const [method = '', template = ''] = route.split(' ')
      const values = examples(path)
      const filled = template.replace(/\{(\w+)\+?\}/g, (_, name) => encodeURIComponent(values[name] ?? 'x'))
      const url = new URL(`http://localhost/${placeOf(terraform, route).stage}${filled}`)
      url.search = new URLSearchParams(examples(query)).toString()
      const request = new Request(url, { method, headers: examples(headers), body: contentOf(body) })
      const sent = { headers: Object.fromEntries(request.headers), body: await request.text() }
      return { route, method, path: `${url.pathname}${url.search}`, ...sent }
    }),
  )
}

/** Values by field. */
const examples = (schema: Schema | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(Object(schema && exampleOf(toSchema(schema, true)))).map(([name, value]) => [name, String(value)]),
  )

function contentOf(body: RouteDefinition['body']): Blob | FormData | null {
  if (!body) return null
  if ('json' in body) {
    const json = JSON.stringify(exampleOf(toSchema(body.json, false)) ?? {})
    return new Blob([json], { type: 'application/json' })
  }
  const { properties } = toSchema(body.multipart, true) as { properties: Record<string, JsonSchema> }
  const form = new FormData()
  for (const [name, value] of Object.entries(examples(body.multipart)))
    form.append(name, isFile(properties[name] ?? {}) ? new File([value], 'a.txt', { type: 'text/plain' }) : value)
  return form
}
