/** `make push`: builds and pushes the images whose content is not in the registry yet; `make login` only signs Docker in. */
import { Cdktf } from './deploy/cdktf.ts'
import { pushImages, signIn } from './deploy/images.ts'
import { loadSettings } from './deploy/settings.ts'
import { main, step } from './deploy/steps.ts'

const [verb = 'push'] = process.argv.slice(2)

await main(async () => {
  const { ARCHITECTURE: architecture, ENVIRONMENT: environment } = loadSettings()
  const { repository } = await step('login', async ({ progress }) => {
    const cdktf = new Cdktf({ environment, progress })
    await cdktf.synthesize()
    const { repository_url: url } = await cdktf.outputs('registry')
    if (typeof url !== 'string') throw new Error('There is no repository yet: `make deploy` creates it')
    return { outcome: url, repository: await signIn(url) }
  })
  if (verb === 'login') return
  await step('images', async (step) => {
    const { pushed } = await pushImages({ repository, architecture, step, given: {} })
    return { outcome: pushed.length > 0 ? `pushed ${pushed.join(' and ')}` : 'nothing to push' }
  })
})
