/** `make console`: the console for APIs that are deployed, those of `make deploy` or others (API=…, or ITEMS_URL=… of the API `items`). */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { deployedApis } from '../deploy/apis/deployed-apis.ts'
import { Deployment } from '../deploy/cdktf/deployment.ts'
import { main } from '../deploy/cli.ts'
import { loadSettings } from '../deploy/settings.ts'
import { freePort } from '../process/port.ts'
import { nameOfProject } from './assets.ts'
import { Console } from './console.ts'
import { describe } from './describe.ts'
import { Recorder } from './recorder.ts'

await main(async () => {
  const deployment = new Deployment(loadSettings())
  await deployment.synthesize()
  const stack = join(deployment.services.at(-1)?.folder ?? '', 'cdk.tf.json')
  const { API } = process.env
  const elsewhere = API
    ? Object.fromEntries(Object.keys(await describe(stack)).map((name) => [name, parse(API)]))
    : (await deployedApis(deployment)).urls
  const page = new Console({
    name: nameOfProject,
    describe: () => describe(stack),
    sources: () => sourcesOf(Object.values(elsewhere)),
    recorder: new Recorder(),
    elsewhere,
  })
  const server = createServer((request, response) => {
    if (!page.handle(request, response)) response.writeHead(404).end()
  })
  const port = await freePort(Number(process.env.PORT || 3000))
  server.listen(port, '127.0.0.1')
  const width = Math.max(...Object.keys(elsewhere).map((name) => name.length))
  const lines = Object.entries(elsewhere).map(([name, url]) => `  ${name.padEnd(width)}  ${url}`)
  console.log(`\n  http://localhost:${port}/\n\n${lines.join('\n')}\n  Ctrl-C stops it.\n`)
}, 'For APIs elsewhere: make console API=https://….execute-api.….amazonaws.com/default, or ITEMS_URL=… of the API items')

function parse(url: string): string {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Error(`${url} is no URL, such as https://….com/default`)
  return url.replace(/\/+$/, '')
}

/** Buckets that links lead to; beside an API on this machine, those of a store on it. */
function sourcesOf(urls: readonly string[]): string[] {
  const local = urls.some((url) => /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname))
  return ['https://*.amazonaws.com', 'https://*.amazonaws.com.cn', ...(local ? ['http://127.0.0.1:*'] : [])]
}
