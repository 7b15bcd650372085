/** The console in a real browser: what its tests share. A file that imports this has the browser while its tests run. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, before, type TestContext } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { Console, type ConsoleOptions } from '../../tools/console/console.ts'
import { Recorder } from '../../tools/console/recorder.ts'
import { findBrowser, launch, openPage } from './browser.ts'
import { listen } from './server.ts'

const executable = await findBrowser()
export const skip = executable ? false : 'no Chromium here: apt-get install chromium, or CHROMIUM=/path/to/it'

export let browser: Browser
before(async () => {
  if (executable) browser = await launch(executable)
})
after(() => browser?.close())

/** A page; whatever the browser complained about fails the test. */
export async function open(
  t: TestContext,
  url: string,
  options: Parameters<typeof openPage>[1] = {},
  before: (blank: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const { page, complaints, close } = await openPage(browser, options)
  t.after(async () => {
    await close()
    assert.deepEqual(complaints, [])
  })
  await before(page)
  await page.goto(url)
  return page
}

/** The console on a port of its own, with an API that `handle` is. */
export async function serveConsole(
  handle: RequestListener,
  options: Partial<ConsoleOptions> & Pick<ConsoleOptions, 'describe'>,
  at = 0,
) {
  const page = new Console({ sources: () => [], recorder: new Recorder(), ...options })
  const { host, stop } = await listen((request, response) => {
    if (!page.handle(request, response)) handle(request, response)
  }, at)
  return { url: `http://${host.replace('127.0.0.1', 'localhost')}`, changed: () => page.changed(), stop }
}

export const textOf = async (locator: Locator) => (await locator.textContent()) ?? ''
export const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true })
export const says = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
export const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.name || document.activeElement.ariaLabel || document.activeElement.innerText',
  )

/** Goes to an operation by its link. */
export async function goTo(page: Page, summary: string): Promise<void> {
  await page.getByRole('link', { name: summary }).click()
  await page.getByRole('heading', { name: summary }).waitFor()
}

/** Chooses files in the form that is shown. */
export const choose = (page: Page, label: string, files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.getByLabel(label, { exact: true }).locator('visible=true').setInputFiles(files)
