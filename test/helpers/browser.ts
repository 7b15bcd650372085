import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { canInstall, install, isExecutable } from '../../local/apt.ts'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
/** Where screenshots are left, for people to look at. */
export const SCREENSHOTS = join(tmpdir(), 'my-lambda-console')

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function find(): Promise<string | undefined> {
  for (const file of [process.env.CHROMIUM ?? '', ...PLACES]) if (file && (await isExecutable(file))) return file
  return undefined
}

/** Path of a Chromium, installed where that needs no question; `undefined` where there is none. */
export async function findBrowser(): Promise<string | undefined> {
  const found = await find()
  if (found || !(await canInstall())) return found
  console.log('installing Chromium (apt-get install chromium), once')
  await install('chromium').catch((error: Error) => console.log(error.message))
  return find()
}

export async function launch(executablePath: string): Promise<Browser> {
  await mkdir(SCREENSHOTS, { recursive: true })
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** A page in a browser of its own, and all that it complained about. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Answers that are errors are part of the tests.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  return { page, complaints, close: () => context.close() }
}

/** Nothing that axe finds, nothing wider than the window, and a picture to look at. */
export async function assertAccessible(page: Page, name: string): Promise<void> {
  // Colours on their way from one to another have any contrast.
  // One that is cut off rejects, and one of a page that draws nothing never ends.
  await page.evaluate(`Promise.race([
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
    new Promise((done) => setTimeout(done, 2000)),
  ]).then(() => {})`)
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<{ violations: AxeViolation[] }>("axe.run({ resultTypes: ['violations'] })")
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
  assert.deepEqual(found, [], name)
  const root = 'document.documentElement'
  const excess = await page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`)
  assert.ok(excess <= 0, `${name} is ${excess} pixels too wide`)
}

interface AxeViolation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}
