import type { ApiDefinition } from '../../functions/http/api-definition.ts'
import { curlLines } from '../docs/curl-lines.ts'
import { type AccessKeys, LOCAL_API_KEY } from './gateway/authorization/access-control.ts'
import { REGION } from './sigv4.ts'
import type { ApiWiring } from './wiring/apis.ts'

/**
 * Where everything is, and lines to paste.
 * @param definitions of the APIs in `functions/`.
 * @param places local services by name, each with its address and data.
 * @param given settings of the user's that functions have for variables, e.g. the host of a database of theirs.
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
  const calls = definitions.flatMap((api) => {
    const paths = Object.keys(api.routes).map((route) => route.split(' ')[1])
    const found = served.find(({ resource }) => paths.includes(resource))
    return found ? curlLines(api, found.stageUrl, found.access && optionsFor(keys)[found.access.type]) : []
  })
  const isOpen = served.some(({ access }) => !access)
  // A host, an address, a path or a URL. A page needs no CORS for it: its own name may lead here (DNS rebinding).
  const exposed = isOpen && given.some((setting) => /=.*([.:/]|localhost)/.test(setting))
  const facts = Object.entries({ ...places, settings: given.join(' ') })
  const blocks = [
    [`${base}/  the console: try it, and see every request`],
    [...routes].map(([url, methods]) => `${url}  ${methods.map(({ httpMethod }) => httpMethod).join(' ')}`).sort(),
    calls,
    [
      ...facts.flatMap(([word, text]) => (text ? `${word.padEnd(8)}  ${text}` : [])),
      exposed && '          any web page that you visit can use what they name; API_SECURITY=api-key prevents that',
      'Ctrl-C stops it; make clean also deletes the data.',
    ],
  ]
  const shown = blocks.map((block) => block.flatMap((line) => (line ? `  ${line}\n` : [])).join(''))
  return `\n${shown.filter(Boolean).join('\n')}`
}

/** curl options that authenticate the caller. A key from the settings is not printed: it would stay in the shell's history. */
const optionsFor = ({ apiKey, credentials: { accessKeyId, secretAccessKey } }: AccessKeys) => ({
  'api-key': apiKey === LOCAL_API_KEY ? ` -H 'x-api-key: ${apiKey}'` : ' -H "x-api-key: $API_KEY"',
  iam: ` --aws-sigv4 aws:amz:${REGION}:execute-api -u ${accessKeyId}:${secretAccessKey}`,
  authorizer: ' -H "authorization: Bearer $TOKEN"',
})
