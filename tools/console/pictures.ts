/** Takes light and dark screenshots of the console of a running `make dev`, for the documents: `node tools/console/pictures.ts [URL]`. */
import '../process/closed-output.ts'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ROOT } from '../process/command.ts'

const [url = 'http://localhost:3000/'] = process.argv.slice(2)
const { CHROMIUM } = process.env
const browser = await chromium.launch({
  args: ['--no-sandbox'],
  ...(CHROMIUM ? { executablePath: CHROMIUM } : { channel: 'chromium' }),
})
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ colorScheme, locale: 'en-US', viewport: { width: 1280, height: 720 } })
  await page.goto(url)
  await page.locator('h1:visible').waitFor()
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
  const path = join(ROOT, 'docs', `console-${colorScheme}.png`)
  await page.screenshot({ path })
  console.log(path)
}
await browser.close()
