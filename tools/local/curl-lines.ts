import type { ApiDefinition, RouteDefinition, Schema } from '../../functions/http/api-definition.ts'
import { exampleOf, isFile, type JsonSchema, toSchema } from '../docs/openapi/json-schema.ts'
import { type AccessKeys, LOCAL_API_KEY } from './gateway/authorization/access-control.ts'
import { findRoute, parseTarget, type Route } from './gateway/route-matching.ts'
import { REGION } from './sigv4.ts'
import type { AccessWiring } from './wiring/access.ts'
import type { ApiWiring } from './wiring/apis.ts'

/** Lines to paste for an API, from the examples of its schemas: one that sends something, and one that reads. */
export function curlLines(
  base: string,
  apis: readonly ApiWiring[],
  { routes }: ApiDefinition,
  keys: AccessKeys,
): string[] {
  const served = Object.entries<RouteDefinition>(routes).flatMap(([key, definition]) => {
    const [method = '', path = ''] = key.split(' ')
    const route = path.includes('{') ? undefined : find(apis, method, path)
    const access = route?.method.access
    // curl cannot sign a form.
    if (!route || (definition.body && 'multipart' in definition.body && access?.type === 'iam')) return []
    const url = `${base}/${route.api.stage}${path}${queryOf(definition)}`
    return [{ method, sends: definition.body, line: curl(method, url, definition, credentialsFor(access, keys)) }]
  })
  const chosen = [served.find(({ sends }) => sends), served.find(({ method }) => method === 'GET')]
  return chosen.flatMap((each) => each?.line ?? [])
}

/** The route that serves it: one with its very path, or another. */
function find(apis: readonly ApiWiring[], method: string, path: string): Route | undefined {
  const served = apis.flatMap(({ stage }) => findRoute(apis, parseTarget(`/${stage}${path}`), method) ?? [])
  return served.find(({ pathParameters }) => pathParameters === null) ?? served[0]
}

/** Parameters that have to be there. */
function queryOf({ query }: RouteDefinition): string {
  const { required = [] } = (query ? toSchema(query, true).json : {}) as { required?: readonly string[] }
  const parameters = examples(query).filter(([name]) => required.includes(name))
  return parameters.length > 0 ? `?${new URLSearchParams(parameters)}` : ''
}

const examples = (schema: Schema | undefined) =>
  Object.entries(Object(schema && exampleOf(toSchema(schema, true).json))).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])

function curl(method: string, url: string, { body }: RouteDefinition, credentials: string): string {
  const verb = method === (body ? 'POST' : 'GET') ? '' : ` -X ${method}`
  const start = `curl${credentials} ${quoted(url)}${verb}`
  if (!body) return start
  if ('json' in body) {
    const json = JSON.stringify(exampleOf(toSchema(body.json, false).json) ?? {})
    return `${start} -H 'content-type: application/json' -d ${quoted(json)}`
  }
  const { properties } = toSchema(body.multipart, true).json as { properties: Record<string, JsonSchema> }
  const fields = examples(body.multipart).map(([name, value]) =>
    isFile(properties[name] ?? {}) ? ` -F ${name}=@README.md` : ` -F ${quoted(`${name}=${value}`)}`,
  )
  return `${start}${fields.join('')}`
}

const quoted = (text: string) => (/^[\w:/.=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** Options that make curl send what the APIs ask of callers. */
function credentialsFor(access: AccessWiring | undefined, { apiKey, credentials }: AccessKeys): string {
  const { accessKeyId, secretAccessKey } = credentials
  switch (access?.type) {
    case 'api-key':
      // A key from the settings is a secret, which a terminal's history is no place for.
      return apiKey === LOCAL_API_KEY ? ` -H 'x-api-key: ${apiKey}'` : ' -H "x-api-key: $API_KEY"'
    case 'iam':
      return ` --aws-sigv4 aws:amz:${REGION}:execute-api -u ${accessKeyId}:${secretAccessKey}`
    case 'authorizer':
      return ' -H "authorization: Bearer $TOKEN"'
    default:
      return ''
  }
}
