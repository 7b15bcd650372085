/** `make smoke`: tests the deployed APIs as a client; `ITEMS_URL=…` tests the API `items` elsewhere, e.g. in `make dev`. */
import { deployedApis } from './apis/deployed-apis.ts'
import { smokeTest } from './apis/smoke-test.ts'
import { Deployment } from './cdktf/deployment.ts'
import { main, step } from './cli.ts'
import { loadSettings } from './settings.ts'

await main(async () => {
  const settings = loadSettings()
  const deployment = new Deployment(settings.ENVIRONMENT)
  const outputs = async () => {
    await deployment.synthesize()
    return deployment.outputs()
  }
  await step('smoke test', async (step) => ({ outcome: await smokeTest(settings, await deployedApis(outputs), step) }))
})
