import { addressOf, descriptions, operationsOf } from './descriptions.ts'
import type { openApi } from './document.ts'
import type { Example, Operation } from './operation.ts'
import type { Access } from './routes.ts'

const ABOUT = `Import it into Postman or Insomnia, run \`make dev\`, and send. For a deployment, set the variables ending in \`_url\` to
what \`make deploy\` printed, and \`token\` or \`apiKey\` if the APIs ask for one. A file in a form is found from the checkout.`

/** With `API_SECURITY=iam`: what requests are signed with. */
const SIGNING = { accessKey: '', secretKey: '', sessionToken: '', region: 'ap-northeast-2' }

const VARIABLES = {
  baseUrl: 'http://localhost:3000/default',
  userId: '1',
  filename: 'texts/hello.txt',
  token: '',
  apiKey: 'local',
}

/** What Postman adds to each request, by API_SECURITY. */
const AUTH: Readonly<Record<Access, object>> = {
  open: { type: 'noauth' },
  'api-key': {
    type: 'apikey',
    apikey: [
      { key: 'key', value: 'x-api-key', type: 'string' },
      { key: 'value', value: '{{apiKey}}', type: 'string' },
      { key: 'in', value: 'header', type: 'string' },
    ],
  },
  jwt: bearer(),
  cognito: bearer(),
  iam: {
    type: 'awsv4',
    awsv4: ['accessKey', 'secretKey', 'sessionToken', 'region', 'service'].map((key) => ({
      key,
      value: key === 'service' ? 'execute-api' : `{{${key}}}`,
      type: 'string',
    })),
  },
}

function bearer() {
  return { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] }
}

/** A later request asks for what this one made; not for what a repeat found, which may be gone. */
const REMEMBER: Readonly<Record<string, string>> = {
  createUser: "if (pm.response.code === 200) pm.collectionVariables.set('userId', String(pm.response.json().user.id))",
  uploadFile: "if (pm.response.code === 200) pm.collectionVariables.set('filename', pm.response.json().file.filename)",
}

/** A collection of every request that the description has as an example, in the form 2.1 of Postman's, which Insomnia reads, too. */
export function collection({ info, security, tags, paths }: ReturnType<typeof openApi>) {
  const access = (Object.keys(security[0] ?? {})[0] ?? 'open') as Access
  const operations = Object.entries(operationsOf(descriptions))
  const addresses = Object.keys(paths).map((path) => [addressOf(path), `{{baseUrl}}/${path.split('/')[1]}`])
  const folders = tags.map(({ name, description }) => ({
    name,
    description,
    item: operations.filter(([, { tag }]) => tag === name).map(([key, operation]) => folder(key, operation)),
  }))
  return {
    info: {
      name: info.title,
      description: ABOUT,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: AUTH[access],
    variable: Object.entries({ ...VARIABLES, ...Object.fromEntries(addresses), ...(access === 'iam' && SIGNING) }).map(
      ([key, value]) => ({
        key,
        value,
        type: 'string',
      }),
    ),
    item: folders,
  }
}

function folder(key: string, operation: Operation) {
  const [method = '', path = ''] = key.split(' ')
  const examples = Object.values(operation.examples)
  const script = REMEMBER[operation.operationId]
  return {
    name: operation.summary,
    description: operation.description,
    item: examples.map((example) => {
      const { summary, answer } = example
      const succeeds = answer.status === operation.answer.status
      return {
        name: succeeds ? summary : `${summary} → ${answer.status}`,
        ...(script &&
          succeeds &&
          !example.headers && { event: [{ listen: 'test', script: { type: 'text/javascript', exec: [script] } }] }),
        request: request(method, path, example, succeeds),
        response: [],
      }
    }),
  }
}

function request(method: string, path: string, example: Example, succeeds: boolean) {
  const { json, form, raw, headers = {} } = example
  const contentType = json === undefined ? raw?.contentType : 'application/json'
  const all = { ...(contentType && { 'Content-Type': contentType }), ...headers }
  return {
    method,
    header: Object.entries(all).map(([key, value]) => ({ key, value })),
    url: url(path, example, succeeds),
    ...(json !== undefined && {
      body: { mode: 'raw', raw: JSON.stringify(json, null, 2), options: { raw: { language: 'json' } } },
    }),
    ...(raw && { body: { mode: 'raw', raw: raw.text } }),
    ...(form && {
      body: {
        mode: 'formdata',
        formdata: [
          ...Object.entries(form.fields).map(([key, value]) => ({ key, value, type: 'text' })),
          { key: 'file', type: 'file', src: 'README.md' },
        ],
      },
    }),
  }
}

/** Postman wants an address whole and in parts. */
function url(path: string, { path: values = {}, query = {} }: Example, succeeds: boolean) {
  const rest = path.split('/').slice(2)
  const segments = rest.map((segment) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (name === undefined) return segment
    return succeeds ? '{{userId}}' : encodeURIComponent(String(values[name]))
  })
  const parameters = Object.entries(query).map(([key, value]) => ({
    key,
    value: succeeds && key === 'filename' ? '{{filename}}' : encodeURIComponent(String(value)),
  }))
  const host = `{{${addressOf(path)}}}`
  const search = parameters.map(({ key, value }) => `${key}=${value}`).join('&')
  return {
    raw: [host, ...segments].join('/') + (search && `?${search}`),
    host: [host],
    ...(segments.length > 0 && { path: segments }),
    ...(parameters.length > 0 && { query: parameters }),
  }
}
