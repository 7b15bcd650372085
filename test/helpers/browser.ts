/** A real browser, open while the tests of an importing file run. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import type { AxeResults } from 'axe-core'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { isExecutable } from '../../tools/local/database/find.ts'
import { CHROMIUM } from './installed.ts'

/** Folder of screenshots for review. */
const SCREENSHOTS = join(tmpdir(), 'my-lambda-console')

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The Chromium that `CHROMIUM` names, the downloaded one, or the machine's. */
const places = [
  ...[process.env.CHROMIUM ?? '', join(CHROMIUM, 'chromium')],
  ...['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`),
  ...['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`),
]
const found = await Promise.all(places.map(isExecutable))
const executablePath = places.find((_, index) => found[index]) ?? ''
export const skip = executablePath ? false : 'no Chromium here: apt-get install chromium, or CHROMIUM=/path/to/it'

const own = executablePath.startsWith(CHROMIUM)
const libraries = { LD_LIBRARY_PATH: join(CHROMIUM, 'al2023/lib'), FONTCONFIG_FILE: join(CHROMIUM, 'fonts.conf') }
const env = { ...(process.env as Record<string, string>), ...(own && libraries) }
const browser = skip ? undefined : await chromium.launch({ executablePath, args: ['--no-sandbox'], env })
after(() => browser?.close())

/** Opens a page in its own browser context; any browser error fails the test. */
export async function open(
  t: TestContext,
  url: string,
  options: BrowserContextOptions = {},
  before: (blank: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  assert.ok(browser)
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  // On a busy machine the page may need more than 10 s.
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Tests provoke error responses on purpose.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  t.after(async () => {
    await context.close()
    assert.deepEqual(complaints, [])
  })
  await before(page)
  await page.goto(url)
  return page
}

/** Checks a page with axe and for horizontal overflow, and takes a screenshot. */
export async function assertAccessible(page: Page, name: string): Promise<void> {
  // Contrast is measured after transitions of colour.
  // A cancelled animation rejects; one on a page that does not draw never ends.
  await page.evaluate(`Promise.race([
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
    new Promise((done) => setTimeout(done, 2000)),
  ]).then(() => {})`)
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })")
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
  assert.deepEqual(found, [], name)
  const root = 'document.documentElement'
  const excess = await page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`)
  assert.ok(excess <= 0, `${name} is ${excess} pixels too wide`)
}
