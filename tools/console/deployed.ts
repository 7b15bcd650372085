/**
 * `make console`: serves the console for deployed APIs, those of `make deploy` or others (API=…, or ITEMS_URL=… for the API `items`).
 * The page calls the APIs directly, so their CORS_ORIGIN must allow its origin.
 */
import { join } from 'node:path'
import { deployedApis } from '../deploy/apis/deployed-apis.ts'
import { openDeployment } from '../deploy/cdktf/deployment.ts'
import { main } from '../deploy/cli.ts'
import { listen } from '../local/listen.ts'
import { requirePort } from '../process/port.ts'
import { createConsole, describe } from './console.ts'
import { Recorder } from './recorder.ts'

await main(async () => {
  const { deployment } = await openDeployment()
  const { urls } = await deployedApis(() => deployment.outputs())
  const stack = join(deployment.services.at(-1)?.folder ?? '', 'cdk.tf.json')
  const origins = new Set(Object.values(urls).map((url) => new URL(url).origin))
  const page = createConsole({
    describe: () => describe(stack),
    // Presigned URLs and forms point to buckets, or to the local store of a local API.
    sources: () => [...origins, 'https://*.amazonaws.com', 'http://127.0.0.1:*'],
    recorder: new Recorder(),
    servers: urls,
  })
  const port = Number(process.env.PORT || 3000)
  await requirePort(port)
  await listen((request, response) => page.handle(request, response) || response.writeHead(404).end(), port)
  const lines = Object.entries(urls).map(([name, url]) => `  ${name.padEnd(10)} ${url}\n`)
  console.log(
    `\n  http://localhost:${port}/  the console; CORS_ORIGIN of the APIs must allow it\n\n${lines.join('')}\n  Ctrl-C stops it.`,
  )
})
