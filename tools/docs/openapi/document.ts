/** As a program it prints the descriptions of the APIs, by their names, for tools that run while APIs change. Its argument is a service stack's `cdk.tf.json`. */
import { readFileSync } from 'node:fs'
import type { ApiDefinition } from '../../../functions/http/api-definition.ts'
import own from '../../../package.json' with { type: 'json' }
import { readStack, type Stack } from '../synthesized.ts'
import { placeOf, readApis } from './apis.ts'
import type { Components } from './components.ts'
import { operationOf } from './operation.ts'

const ABOUT = `- JSON is UTF-8. Fields that are not described are ignored.
- Every error is JSON with a \`message\`, but for three of API Gateway in plain text: 413 over 10 MB, 414 and 431. One of a function has the \`requestId\` of its log line, and with a 422 every problem at once.
- A path that is described, with another method: 405 with \`Allow\`. Any other path, or the methods CONNECT and TRACE: 403.
- Where a policy denies access, API Gateway calls the message \`Message\`.
- Browsers may call it from \`CORS_ORIGIN\`; the gateway answers their preflight requests (\`OPTIONS\`) with a 204.`

/**
 * The description of an API: its definition, with addresses and access from Terraform.
 * @throws Error that names route and field where no client can be made from it, or where Terraform has no such route.
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
    // 3.1 is beyond several generators, among them those of Go and Rust.
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
  // Not localhost, which linters take for a mistake.
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
