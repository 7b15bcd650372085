import { type ApiDefinition, resourcesOf } from '../../functions/http/api-definition.ts'
import { curlLines } from '../docs/curl-lines.ts'
import { type AccessKeys, LOCAL_API_KEY } from './gateway/authorization/access-control.ts'
import { REGION } from './sigv4.ts'
import type { ApiWiring } from './wiring/apis.ts'

/**
 * Banner of `make dev`: URLs, local services, and curl commands to paste.
 * @param definitions APIs defined in `functions/`.
 * @param places address and data folder of each local service, by name.
 * @param given user settings passed to functions as variables, e.g. the host of their own database.
 */
export function banner(
  port: number,
  apis: readonly ApiWiring[],
  definitions: readonly ApiDefinition[],
  keys: AccessKeys,
  places: Readonly<Record<string, string | undefined>>,
  given: readonly string[],
): string {
  const base = `http://localhost:${port}`
  const served = apis.flatMap(({ stage, methods }) =>
    methods
      .filter(({ integration }) => integration.type !== 'MOCK')
      .map((method) => ({ ...method, stageUrl: `${base}/${stage}`, url: `${base}/${stage}${method.resource}` })),
  )
  const routes = Map.groupBy(served, ({ url }) => url)
  const defined = new Map(definitions.flatMap(resourcesOf).map(({ path, methods }) => [path, methods.join(' ')]))
  const calls = definitions.flatMap((api) => {
    const paths = resourcesOf(api).map(({ path }) => path)
    const found = served.find(({ resource }) => paths.includes(resource))
    return found ? curlLines(api, found.stageUrl, found.access && optionsFor(keys)[found.access.type]) : []
  })
  const methodsOf = ({ httpMethod, resource }: { httpMethod: string; resource: string }) =>
    (httpMethod === 'ANY' && defined.get(resource)) || httpMethod
  const isOpen = served.some(({ access }) => !access)
  // A host, an address, a path or a URL. A web page can reach it without CORS, by DNS rebinding.
  const exposed = isOpen && given.some((setting) => /=.*([.:/]|localhost)/.test(setting))
  const facts = Object.entries({ ...places, settings: given.join(' ') })
  const blocks = [
    [`${base}/  the console: try the APIs, see every request`],
    [...routes].map(([url, methods]) => `${url}  ${methods.map(methodsOf).join(' ')}`).sort(),
    calls,
    [
      ...facts.flatMap(([word, text]) => (text ? `${word.padEnd(8)}  ${text}` : [])),
      exposed && '          any web page that you visit can access these; API_SECURITY=api-key prevents that',
      'Ctrl-C stops it; make clean also deletes the data.',
    ],
  ]
  const shown = blocks.map((block) => block.flatMap((line) => (line ? `  ${line}\n` : [])).join(''))
  return `\n${shown.filter(Boolean).join('\n')}`
}

/** curl options that authenticate the caller. Keys from the settings stay out of the output, and so out of the shell's history. */
const optionsFor = ({ apiKey, credentials: { accessKeyId, secretAccessKey } }: AccessKeys) => ({
  'api-key': apiKey === LOCAL_API_KEY ? ` -H 'x-api-key: ${apiKey}'` : ' -H "x-api-key: $API_KEY"',
  iam: ` --aws-sigv4 aws:amz:${REGION}:execute-api -u ${accessKeyId}:${secretAccessKey}`,
  authorizer: ' -H "authorization: Bearer $TOKEN"',
})
