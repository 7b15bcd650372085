import type { RouteDefinition, Schema } from '../../functions/http/api-definition.ts'
import { placeOf, readApis } from './openapi/apis.ts'
import { exampleOf, isFile, type JsonSchema, toSchema } from './openapi/json-schema.ts'
import { synthesized } from './synthesized.ts'

export type Sample = Awaited<ReturnType<typeof readSamples>>[number]

/** Builds a request for every route of the APIs in `functions/`, with its stage from Terraform. */
export async function readSamples() {
  const { terraform } = await synthesized()
  const routes = [...(await readApis()).values()].flatMap((api) => Object.entries(api.routes))
  return Promise.all(
    routes.map(async ([route, definition]) => {
      const { target, method, headers, body = null } = sampleOf(route, definition)
      const path = `/${placeOf(terraform, route).stage}${target}`
      const request = new Request(`http://localhost${path}`, { method, headers, body })
      return { route, method, path, headers: Object.fromEntries(request.headers), body: await request.text() }
    }),
  )
}

/**
 * Builds a request for a route from the examples of its schemas.
 * @param route `METHOD /resource/{template}`
 * @param optional whether to include optional parameters and headers.
 * @returns path and query without a stage; the body as JSON text, or as a form whose files are named README.md.
 */
export function sampleOf(route: string, { path, query, headers, body }: RouteDefinition, optional = true) {
  const [method = '', template = ''] = route.split(' ')
  const values = Object.fromEntries(examples(path))
  const filled = template.replace(/\{(\w+)\+?\}/g, (_, name) => encodeURIComponent(values[name] ?? 'x'))
  const type = body && 'json' in body ? { 'content-type': 'application/json' } : {}
  const parameters = new URLSearchParams(examples(query, optional)).toString()
  return {
    method,
    target: parameters ? `${filled}?${parameters}` : filled,
    headers: [...examples(headers, optional), ...Object.entries(type)],
    body: contentOf(body),
  }
}

/** Example values by field. */
function examples(schema: Schema | undefined, optional = true): [name: string, value: string][] {
  const json = schema ? toSchema(schema, true) : {}
  const { required = [] } = json as { required?: readonly string[] }
  return Object.entries(Object(exampleOf(json)))
    .filter(([name]) => optional || required.includes(name))
    .map(([name, value]) => [name, String(value)])
}

function contentOf(body: RouteDefinition['body']): string | FormData | undefined {
  if (!body) return undefined
  if ('json' in body) return JSON.stringify(exampleOf(toSchema(body.json, false)) ?? {})
  const { properties } = toSchema(body.multipart, true) as { properties: Record<string, JsonSchema> }
  const form = new FormData()
  for (const [name, value] of examples(body.multipart))
    form.append(name, isFile(properties[name] ?? {}) ? new File([value], 'README.md', { type: 'text/plain' }) : value)
  return form
}
