/** `make smoke`: uses the deployed APIs as a client would; RDS_URL and S3_URL name others, such as those of `make dev`. */
import { Cdktf } from './deploy/cdktf.ts'
import { endpointsOf } from './deploy/endpoints.ts'
import { loadSettings } from './deploy/settings.ts'
import { smokeTest } from './deploy/smoke-test.ts'
import { main, step } from './deploy/steps.ts'

await main(async () => {
  const { ENVIRONMENT: environment } = loadSettings()
  await step('smoke test', async ({ progress }) => {
    const { RDS_URL, S3_URL } = process.env
    const cdktf = new Cdktf({ environment, progress })
    const given = Boolean(RDS_URL && S3_URL)
    if (!given) await cdktf.synthesize()
    await smokeTest(endpointsOf(given ? {} : await cdktf.outputs('service')), progress)
    return { outcome: 'a file keeps its bytes; a user is created, read and deleted' }
  })
})
