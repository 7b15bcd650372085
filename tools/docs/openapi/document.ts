import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ApiDefinition,
  bodySchema,
  type RouteDefinition,
  resourcesOf,
  type Schema,
} from '../../../functions/http/api-definition.ts'
import { ROOT } from '../../process/command.ts'
import type { Stack } from '../synthesized.ts'
import { ANYWHERE, failure, success } from './answers.ts'
import { type Access, type Place, placeOf, securitySchemes } from './apis.ts'
import { type Components, exampleOf, type JsonSchema, lifted, share, toSchema } from './json-schema.ts'

const ABOUT = `- JSON is UTF-8. Fields that are not described are ignored.
- An error of a function is an \`Error\`: a message, with a 422 every problem at once, and the \`requestId\` of its log line.
  API Gateway refuses requests with a \`GatewayError\` or in plain text.
- A path that is described, with another method: 405 with \`Allow\`. Any other path: 403.
- Browsers may call it from \`CORS_ORIGIN\`; the gateway answers their preflight requests (\`OPTIONS\`) with a 204.`

/** The description of an API: its definition, with addresses and access from Terraform. */
export function openApi({ terraform, region }: Stack, api: ApiDefinition) {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const components: Components = { schemas: {}, responses: {}, headers: {}, securitySchemes: {} }
  const places = Object.keys(api.routes).map((route) => placeOf(terraform, route))
  const [place] = places
  if (!place) throw new Error(`The API ${api.title} has no route`)
  if (places.some((each) => each.api !== place.api))
    throw new Error(
      `Routes of ${api.title} are on several REST APIs of terraform/, which have an address each: define an API for each`,
    )
  const operations = Object.entries(api.routes).map(([key, route], index) => {
    const [method = '', path = ''] = key.split(' ')
    return {
      path,
      method: method.toLowerCase(),
      operation: operationOf(api, route, places[index]?.access ?? 'open', components),
    }
  })
  return {
    openapi: '3.1.0',
    info: {
      title: api.title,
      version,
      description: `${api.description}\n\n${ABOUT}`,
      contact: { name },
      license: { name: license, identifier: license },
    },
    jsonSchemaDialect: 'https://spec.openapis.org/oas/3.1/dialect/base',
    servers: servers(place, region),
    tags: [{ name: api.title, description: api.description }],
    paths: Object.fromEntries(
      resourcesOf(api).map(({ path }) => [
        path,
        Object.fromEntries(
          operations.filter((each) => each.path === path).map(({ method, operation }) => [method, operation]),
        ),
      ]),
    ),
    components,
  }
}

/** A description for callers of one server, whatever others there are. */
export const withServer = <TDocument extends object>(document: TDocument, url: string) => ({
  ...document,
  servers: [{ url }],
})

function servers({ stage, domain }: Place, region: string) {
  const deployed = {
    url: `https://{api}.execute-api.{region}.amazonaws.com/${stage}`,
    description: '`make deploy`, which prints it',
    variables: {
      api: { default: 'a1b2c3d4e5', description: 'Id of the REST API.' },
      region: { default: region, description: '`AWS_REGION`' },
    },
  }
  // Not localhost, which linters take for a mistake.
  const local = { url: `http://127.0.0.1:3000/${stage}`, description: '`make dev`' }
  return [local, deployed, ...(domain ? [{ url: `https://${domain}`, description: '`DOMAIN_NAME`' }] : [])]
}

function operationOf({ title }: ApiDefinition, route: RouteDefinition, access: Access, components: Components) {
  const { operationId, summary, description, path, query, headers, body, errors = [], list, directUpload } = route
  const parameters = Object.entries({ path, query, header: headers }).flatMap(([place, schema]) =>
    schema ? parametersOf(place, toSchema(schema), components) : [],
  )
  const content = (schema: Schema, role: string, mediaType = 'application/json') => {
    // Generated clients know a schema without a title by its operation.
    const json = { title: operationId.replace(/^./, (letter) => letter.toUpperCase()) + role, ...toSchema(schema) }
    const example = exampleOf(json)
    return {
      content: { [mediaType]: { schema: lifted(json, components), ...(example !== undefined && { example }) } },
    }
  }
  const answers = Object.entries(route.answers).map(([status, schema]) => [
    status,
    { ...success(status, route.answerHeaders, components), ...(schema && content(schema, 'Answer')) },
  ])
  const failures = [
    ...ANYWHERE,
    ...(access === 'cognito' || access === 'jwt' ? [401] : []),
    ...(body ? [415] : []),
    ...(body || parameters.length > 0 ? [422] : []),
    ...errors,
  ].map((status) => [status, failure(status, components)])
  if (access !== 'open') share(components, 'securitySchemes', access, securitySchemes[access])
  return {
    operationId,
    tags: [title],
    summary,
    description: description ?? `${summary}.`,
    ...(list && { 'x-list': list }),
    ...(directUpload && { 'x-direct-upload': true }),
    security: access === 'open' ? [] : [{ [access]: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        ...content(bodySchema(body), 'Request', 'json' in body ? 'application/json' : 'multipart/form-data'),
      },
    }),
    responses: Object.fromEntries([...answers, ...failures]),
  }
}

function parametersOf(place: string, { properties, required }: JsonSchema, components: Components) {
  return Object.entries(properties as Record<string, JsonSchema>).map(([key, { description, ...property }]) => ({
    // Names of headers are the same in any case; these are how people write them.
    name: place === 'header' ? key.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) : key,
    in: place,
    ...(description !== undefined && { description }),
    required: (required as string[]).includes(key),
    schema: lifted(property, components),
  }))
}
