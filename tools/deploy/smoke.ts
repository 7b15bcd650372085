/** `make smoke`: uses the deployed APIs as a client would; RDS_URL and S3_URL name others, such as those of `make dev`. */
import { tryApis } from './access.ts'
import { Cdktf } from './cdktf.ts'
import { endpointsOf } from './endpoints.ts'
import { loadSettings } from './settings.ts'
import { main, step } from './steps.ts'

await main(async () => {
  const settings = loadSettings()
  await step('smoke test', async ({ progress, note }) => {
    const { RDS_URL, S3_URL } = process.env
    const cdktf = new Cdktf({ environment: settings.ENVIRONMENT, progress })
    const given = Boolean(RDS_URL && S3_URL)
    if (!given) await cdktf.synthesize()
    const endpoints = endpointsOf(given ? {} : await cdktf.outputs('service'))
    const options = given ? { progress, note } : { progress, note, apiKey: () => cdktf.secret('service', 'api_key') }
    return { outcome: await tryApis(settings, endpoints, options) }
  })
})
