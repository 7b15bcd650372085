import { bodySchema, type RouteDefinition, type Schema } from '../../../functions/http/api-definition.ts'
import { ANYWHERE, failure, success } from './answers.ts'
import { type Access, securitySchemes } from './apis.ts'
import { type Components, schemaOf, share } from './components.ts'
import { exampleOf, formOf, type JsonSchema, toSchema } from './json-schema.ts'

/**
 * Describes a route as an OpenAPI operation.
 * @throws Error naming the field, if clients cannot be generated from it.
 */
export function operationOf(key: string, route: RouteDefinition, tag: string, access: Access, components: Components) {
  const { operationId, summary, description = `${summary}.`, body, errors = [], list, directUpload } = route
  if (body && key.startsWith('GET ')) throw new Error(`${key}: clients cannot send a body with GET`)
  const parameters = parametersOf(key, route, components)
  const content = (schema: Schema, role: 'request' | 'answer', mediaType = 'application/json') => {
    const isForm = mediaType === 'multipart/form-data'
    const json = toSchema(schema, isForm)
    const example = exampleOf(json)
    return {
      [mediaType]: {
        schema: schemaOf(isForm ? formOf(json) : json, `${key}: ${role}`, components),
        ...(example !== undefined && { example }),
      },
    }
  }
  const answers = Object.entries(route.answers).map(([status, schema]) => [
    status,
    { ...success(status, route.answerHeaders, components), ...(schema && { content: content(schema, 'answer') }) },
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
    tags: [tag],
    summary,
    description,
    ...(list && { 'x-list': list }),
    ...(directUpload && { 'x-direct-upload': directUpload }),
    security: access === 'open' ? [] : [{ [access]: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: content(bodySchema(body), 'request', 'json' in body ? 'application/json' : 'multipart/form-data'),
      },
    }),
    responses: Object.fromEntries([...answers, ...failures]),
  }
}

/** Types that URLs and headers can carry: text, numbers, booleans. */
function parametersOf(key: string, { path, query, headers }: RouteDefinition, components: Components) {
  return Object.entries({ path, query, header: headers }).flatMap(([place, given]) => {
    const { properties = {}, required = [] } = given ? toSchema(given, true) : {}
    return Object.entries(properties as Record<string, JsonSchema>).map(([field, json]) => {
      const at = `${key}: ${place}.${field}`
      const { description, ...schema } = schemaOf(json, at, components)
      if (!schema.$ref && !schema.allOf && !/^(string|integer|number|boolean)$/.test(String(schema.type)))
        throw new Error(
          `${at} must be text, a number or a boolean. If it is, declare that by v.metadata({ type: 'string' })`,
        )
      return {
        // Header names are case-insensitive; this is their usual spelling.
        name: place === 'header' ? field.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) : field,
        in: place,
        ...(description !== undefined && { description }),
        required: place === 'path' || (required as string[]).includes(field),
        schema,
      }
    })
  })
}
