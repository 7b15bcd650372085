/** Run directly, it prints all API descriptions by name, for long-running tools. Its argument is a service stack's `cdk.tf.json`. */
import { readFileSync } from 'node:fs'
import type { ApiDefinition } from '../../../functions/http/api-definition.ts'
import own from '../../../package.json' with { type: 'json' }
import { readStack, type Stack } from '../synthesized.ts'
import { placeOf, readApis } from './apis.ts'
import type { Components } from './components.ts'
import { operationOf } from './operation.ts'

const ABOUT = `- JSON is UTF-8. Unknown fields are ignored.
- Every error is JSON with a \`message\`, except for three of API Gateway in plain text: 413 over 10 MB, 414 and 431. Errors of a function have the \`requestId\` of their log line; a 422 lists all problems.
- Other methods of a described path get 405 with \`Allow\`. Other paths, and the methods CONNECT and TRACE, get 403.
- If a policy denies access, API Gateway names the field \`Message\`.
- Browsers may call it from \`CORS_ORIGIN\`; the gateway answers their preflight requests (\`OPTIONS\`) with a 204.`

/**
 * Builds the OpenAPI description of an API: its definition, with URLs and access from Terraform.
 * @throws Error naming route and field, if clients cannot be generated from it or Terraform lacks the route.
 */
export function openApi({ terraform, region }: Stack, api: ApiDefinition) {
  const components: Components = { schemas: {}, responses: {}, headers: {}, securitySchemes: {} }
  const paths: Record<string, Record<string, object>> = {}
  for (const [key, route] of Object.entries(api.routes)) {
    const [method = '', path = ''] = key.split(' ')
    const { access } = placeOf(terraform, key)
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(key, route, api.title, access, components) }
  }
  return {
    // Several generators do not support 3.1, including those for Go and Rust.
    openapi: '3.0.3',
    info: {
      title: api.title,
      version: own.version,
      description: `${api.description}\n\n${ABOUT}`,
      contact: { name: own.name },
      license: { name: own.license, url: `https://spdx.org/licenses/${own.license}.html` },
    },
    servers: servers(placeOf(terraform, Object.keys(api.routes)[0] ?? '').stage, region),
    tags: [{ name: api.title, description: api.description }],
    paths,
    components,
  }
}

const servers = (stage: string, region: string) => [
  // Not localhost: linters report it.
  { url: `http://127.0.0.1:3000/${stage}`, description: '`make dev`' },
  {
    url: `https://{api}.execute-api.{region}.amazonaws.com/${stage}`,
    description: '`make deploy`, which prints it',
    variables: {
      api: { default: 'a1b2c3d4e5', description: 'Id of the REST API.' },
      region: { default: region, description: '`AWS_REGION`' },
    },
  },
]

if (import.meta.main) {
  const stack = readStack(readFileSync(process.argv[2] ?? '', 'utf8'))
  const described = [...(await readApis())].map(([name, api]) => [name, openApi(stack, api)] as const)
  console.log(JSON.stringify(Object.fromEntries(described)))
}
