import { readFileSync } from 'node:fs'
import type { Stack } from '../synthesized.ts'
import { hasTokens, securityOf, securitySchemes } from './access.ts'
import { errorResponses, responses } from './answers.ts'
import { addressOf, descriptions as all, operationsOf } from './descriptions.ts'
import { errorSchemas } from './errors.ts'
import { headers } from './headers.ts'
import { type JsonSchema, toSchema } from './json-schema.ts'
import type { Example, Operation } from './operation.ts'
import { type ResourceRoutes, readRoutes } from './routes.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

const ABOUT = `A users API on MySQL and a files API on S3, each one AWS Lambda function behind its own REST API.

- JSON is UTF-8. Fields that are not described are ignored.
- An error of a function is an \`Error\`: a message, with a 422 every problem at once, and the \`requestId\` of its log line. What API
  Gateway refuses by itself, it says with a \`GatewayError\` or in plain text.
- A path that is described, with another method: 405 with \`Allow\`. Any other path: 403.
- Browsers may call it from \`CORS_ORIGIN\`; the gateway answers their preflight requests (\`OPTIONS\`) with a 204.`

/** The description of the APIs of a stack: every route of Terraform's, with what is said of it. */
export function openApi({ terraform, region }: Stack, descriptions = all) {
  const operations = operationsOf(descriptions)
  const routes = readRoutes(terraform)
  const order = Object.keys(operations).map((key) => key.split(' ')[1] ?? '')
  routes.sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path))
  const known = new Set(routes.flatMap(({ path, methods }) => methods.map((method) => keyOf(method, path))))
  const unknown = Object.keys(operations).filter((key) => !known.has(key))
  if (unknown.length > 0)
    throw new Error(`Terraform has no route ${unknown.join(', ')}, which scripts/openapi/ describes`)
  const [first] = routes
  return {
    openapi: '3.1.0',
    info: {
      title: 'my_lambda',
      version,
      summary: 'Users and files, on AWS Lambda',
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    jsonSchemaDialect: 'https://spec.openapis.org/oas/3.1/dialect/base',
    servers: [local],
    tags: descriptions.map(({ tag }) => tag),
    security: first ? securityOf(first.access) : [],
    paths: Object.fromEntries(routes.map((route) => [route.path, pathItem(route, operations, region)])),
    components: {
      schemas: { ...Object.assign({}, ...descriptions.map((each) => each.schemas)), ...errorSchemas },
      responses: errorResponses(),
      headers,
      securitySchemes,
    },
  }
}

const keyOf = (method: string, path: string) => `${method.toUpperCase()} ${path}`

const local = { url: 'http://localhost:3000/default', description: '`make dev`' }

/** Each API has an address of its own, so servers stand with the paths. */
function servers({ path, stage, domain }: ResourceRoutes, region: string) {
  const deployed = {
    url: `https://{api}.execute-api.{region}.amazonaws.com/${stage}`,
    description: `\`make deploy\`, which prints it as \`${addressOf(path)}\``,
    variables: {
      api: { default: 'a1b2c3d4e5', description: 'Id of the REST API.' },
      region: { default: region, description: '`AWS_REGION`' },
    },
  }
  return [local, deployed, ...(domain ? [{ url: `https://${domain}`, description: '`DOMAIN_NAME`' }] : [])]
}

function pathItem(route: ResourceRoutes, operations: Readonly<Record<string, Operation>>, region: string) {
  const { path, methods, access } = route
  const described = methods.map((method) => {
    const operation = operations[keyOf(method, path)]
    if (!operation) throw new Error(`${keyOf(method, path)} is not described: say in scripts/openapi/ what it does`)
    return [method, operationObject(operation, hasTokens(access))]
  })
  return { servers: servers(route, region), ...Object.fromEntries(described) }
}

function operationObject(operation: Operation, authorized: boolean) {
  const { operationId, tag, summary, description, body } = operation
  const parameters = Object.entries(operation.parameters ?? {}).flatMap(([place, schema]) =>
    parameterObjects(place, toSchema(schema), operation),
  )
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          [body.mediaType]: {
            schema: { $ref: `#/components/schemas/${body.schema}` },
            examples: examplesOf(operation, (each) => each.json ?? formValue(each)),
          },
        },
      },
    }),
    responses: responses(operation, authorized),
  }
}

function parameterObjects(place: string, schema: JsonSchema, operation: Operation) {
  const required = schema.required as string[]
  return Object.entries(schema.properties as Record<string, JsonSchema>).map(([key, property]) => {
    // Names of headers are the same in any case; these are how people write them.
    const name = place === 'header' ? key.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) : key
    const text = operation.parameterTexts?.[name]
    if (!text) throw new Error(`Describe the parameter ${name} of ${operation.operationId} in scripts/openapi/`)
    const { description, examples = [] } = text
    return {
      name,
      in: place,
      description,
      required: place === 'path' || required.includes(key),
      schema: { ...property, ...(examples.length > 0 && { examples }) },
    }
  })
}

/** Of the examples that succeed: what is wrong with the others would be taken for right. */
function examplesOf({ examples, answer }: Operation, value: (example: Example) => unknown) {
  const good = Object.entries(examples).filter(([, each]) => each.answer.status === answer.status)
  return Object.fromEntries(good.map(([name, each]) => [name, { summary: each.summary, value: value(each) }]))
}

const formValue = ({ form }: Example) => form && { ...form.fields, file: form.file.text }
