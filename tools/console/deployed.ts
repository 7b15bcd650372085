/** `make console`: the console for APIs that are deployed, those of `make deploy` or others (API=…, or RDS_URL=… and S3_URL=…). */
import { createServer } from 'node:http'
import { Cdktf } from '../deploy/cdktf.ts'
import { endpointsOf } from '../deploy/endpoints.ts'
import { loadSettings } from '../deploy/settings.ts'
import { main } from '../deploy/steps.ts'
import { freePort } from '../process/port.ts'
import { Console } from './console.ts'
import type { Access, Settings } from './page/types.ts'
import { remoteSettings } from './settings.ts'

const ACCESS: Readonly<Record<string, Access>> = {
  open: 'open',
  iam: 'iam',
  'api-key': 'api-key',
  cognito: 'token',
  jwt: 'token',
}

await main(async () => {
  const settings = await find()
  const page = new Console({ settings: () => settings, sources: () => sourcesOf(settings.apis) })
  const server = createServer((request, response) => {
    if (!page.handle(request, response)) response.writeHead(404).end()
  })
  const port = await freePort(Number(process.env.PORT || 3000))
  server.listen(port, '127.0.0.1')
  console.log(`
  http://localhost:${port}/

  users  ${settings.apis.rds}
  files  ${settings.apis.s3}
  Ctrl-C stops it.
`)
}, 'For APIs elsewhere: make console API=https://….execute-api.….amazonaws.com/default, or RDS_URL=… S3_URL=…')

/** What is given, or else what is deployed. */
async function find(): Promise<Settings> {
  const { API, RDS_URL, S3_URL } = process.env
  const base = API?.replace(/\/+$/, '')
  const given = { rds: RDS_URL || (base && `${base}/rds`), s3: S3_URL || (base && `${base}/s3`) }
  if (given.rds && given.s3) return remoteSettings({ rds: parse(given.rds), s3: parse(given.s3) })
  const { ENVIRONMENT, API_SECURITY } = loadSettings()
  const cdktf = new Cdktf({ environment: ENVIRONMENT, progress: () => {} })
  await cdktf.synthesize()
  return remoteSettings(endpointsOf(await cdktf.outputs('service')), ACCESS[API_SECURITY])
}

function parse(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Error(`${url} is no URL, such as https://….com/default`)
  return url.replace(/\/+$/, '')
}

/** The APIs, and S3: where the bucket is, a link will say. */
function sourcesOf(apis: Settings['apis']): string[] {
  const origins = Object.values(apis).map((url) => new URL(url))
  const local = origins.some(({ hostname }) => /^(localhost|127\.|\[::1\])/.test(hostname))
  return [
    ...new Set(origins.map(({ origin }) => origin)),
    'https://*.amazonaws.com',
    'https://*.amazonaws.com.cn',
    ...(local ? ['http://127.0.0.1:*'] : []),
  ]
}
