import type { ApiDefinition } from '../../functions/http/api-definition.ts'
import { type Example, examplesOf } from './examples.ts'
import { type AccessKeys, LOCAL_API_KEY } from './gateway/authorization/access-control.ts'
import { REGION } from './sigv4.ts'
import type { AccessWiring } from './wiring/access.ts'
import type { ApiWiring } from './wiring/apis.ts'

export interface BannerOptions {
  readonly port: number
  readonly apis: readonly ApiWiring[]
  /** What `functions/` defines, for lines to paste. */
  readonly definitions: readonly ApiDefinition[]
  /** Each a word and what it is: what runs where. */
  readonly places: Readonly<Record<string, string | undefined>>
  /** Settings of the user's that functions have for variables, e.g. the host of a database of theirs. */
  readonly given: readonly string[]
  readonly keys: AccessKeys
}

/** Where everything is, and lines to paste. */
export function banner({ port, apis, definitions, places, given, keys }: BannerOptions): string {
  const base = `http://localhost:${port}`
  const urls = apis.flatMap(({ stage, methods }) => methods.map(({ resource }) => `${base}/${stage}${resource}`))
  const isOpen = apis.some(({ methods }) =>
    methods.some(({ access, integration }) => !access && integration.type !== 'MOCK'),
  )
  const lines = Object.entries({ ...places, settings: given.join(' ') }).filter(([, text]) => text)
  // A page needs no CORS for it: its own name may lead here (DNS rebinding).
  const exposed =
    isOpen && given.length > 0
      ? ['          any web page that you visit can use what they name; API_SECURITY=api-key prevents that']
      : []
  const blocks = [
    [`${base}/  the console: try it, and see every request`],
    [...new Set(urls)].sort(),
    definitions.flatMap((definition) => curlLines(base, apis, definition, keys)),
    [
      ...lines.map(([word, text]) => `${word.padEnd(8)}  ${text}`),
      ...exposed,
      'Ctrl-C stops it; make clean also deletes the data.',
    ],
  ]
  return `\n${blocks
    .filter((block) => block.length > 0)
    .map(indented)
    .join('\n\n')}\n`
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join('\n')

/** One that sends something, and one that reads. */
function curlLines(base: string, apis: readonly ApiWiring[], definition: ApiDefinition, keys: AccessKeys): string[] {
  const examples = examplesOf(definition).flatMap((example) => {
    const found = find(apis, example)
    // curl cannot sign a form.
    return found && !(example.form && found.access?.type === 'iam') ? [{ example, ...found }] : []
  })
  const chosen = [
    examples.find(({ example: { json, form } }) => json !== undefined || form !== undefined),
    examples.find(({ example: { method } }) => method === 'GET'),
  ]
  return chosen.flatMap((each) =>
    each ? [`curl${credentialsFor(each.access, keys)} ${curl(`${base}/${each.stage}`, each.example)}`] : [],
  )
}

/** Stage and access of the route that serves it: of one with its very path, or of a greedy one. */
function find(apis: readonly ApiWiring[], { method, resource }: Example) {
  const routes = apis.flatMap(({ stage, methods }) => methods.map((each) => ({ stage, ...each })))
  const served = routes.filter(({ httpMethod }) => [method, 'ANY'].includes(httpMethod))
  const fits = (template: string) => {
    const [prefix = '', rest] = template.split(/\{\w+\+\}$/)
    return rest !== undefined && resource.startsWith(prefix)
  }
  return served.find((each) => each.resource === resource) ?? served.find((each) => fits(each.resource))
}

function curl(stage: string, { method, path, json, form }: Example): string {
  const url = quoted(`${stage}${path}`)
  const verb = method === (json === undefined && form === undefined ? 'GET' : 'POST') ? '' : ` -X ${method}`
  if (json !== undefined) return `${url}${verb} -H 'content-type: application/json' -d ${quoted(JSON.stringify(json))}`
  if (form === undefined) return `${url}${verb}`
  const fields = Object.entries(form).map(([name, value]) =>
    value === undefined ? ` -F ${name}=@README.md` : ` -F ${quoted(`${name}=${value}`)}`,
  )
  return `${url}${verb}${fields.join('')}`
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
