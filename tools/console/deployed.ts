/** `make console`: the console for APIs that are deployed, those of `make deploy` or others (API=…, or <NAME>_URL=… of each). */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Cdktf } from '../deploy/cdktf.ts'
import { loadSettings } from '../deploy/settings.ts'
import { main } from '../deploy/steps.ts'
import { freePort } from '../process/port.ts'
import { nameOfProject } from './assets.ts'
import { Console } from './console.ts'
import { describe } from './describe.ts'
import { Recorder } from './recorder.ts'

await main(async () => {
  const cdktf = new Cdktf({ environment: loadSettings().ENVIRONMENT, progress: () => {} })
  await cdktf.synthesize()
  const stack = join(cdktf.folderOf('service'), 'cdk.tf.json')
  const names = Object.keys(await describe(stack))
  const given = Object.fromEntries(names.map((name) => [name, process.env[variable(name)] || process.env.API]))
  const found = Object.values(given).some(Boolean) ? given : (await cdktf.outputs('service')).api_urls
  const elsewhere = Object.fromEntries(
    Object.entries(found ?? {}).flatMap(([name, url]) => (url ? [[name, parse(String(url))]] : [])),
  )
  if (Object.keys(elsewhere).length === 0)
    throw new Error(
      `There is no URL of what is deployed: run \`make deploy\`, or set ${names.map(variable).join(', ')}`,
    )
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
}, 'For APIs elsewhere: make console API=https://….execute-api.….amazonaws.com/default, or <NAME>_URL=… for each')

/** Variable that names the URL of an API's stage. */
function variable(name: string): string {
  return `${name.replaceAll('-', '_').toUpperCase()}_URL`
}

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
