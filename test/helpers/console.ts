/** The console in a real browser, on the whole program: what its tests share. A file that imports this has both while its tests run. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, type TestContext } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { call, startTestService, type TestService } from '../users-and-files/helpers/service.ts'
import { findBrowser, launch, openPage } from './browser.ts'

const executable = await findBrowser()
export const skip = executable ? false : 'no Chromium here: apt-get install chromium, or CHROMIUM=/path/to/it'

export let service: TestService
export let browser: Browser
export let url = ''

before(async () => {
  if (!executable) return
  ;[service, browser] = await Promise.all([startTestService(), launch(executable)])
  url = new URL(service.base).origin
})
after(async () => {
  await browser?.close()
  await service?.stop()
})

/** A section of the page; whatever the browser complained about fails the test. */
export async function open(
  t: TestContext,
  section: string,
  options: Parameters<typeof openPage>[1] = {},
  before: (blank: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const { page, complaints, close } = await openPage(browser, options)
  t.after(async () => {
    await close()
    assert.deepEqual(complaints, [])
  })
  await before(page)
  await page.goto(`${url}/#/${section}`)
  return page
}

export const create = async (name: string, age = 1): Promise<{ id: number }> =>
  (await call(`${service.base}/rds`, { method: 'POST', json: { name, age } })).body.user
export const users = async (): Promise<{ id: number; name: string; age: number }[]> =>
  (await call(`${service.base}/rds?limit=1000`)).body.users
export const removeAll = async () => {
  const admin = await service.admin()
  await admin.query('DELETE FROM Users')
  await admin.end()
}
export const textOf = async (locator: Locator) => (await locator.textContent()) ?? ''
export const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true })
export const says = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
export const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.name || document.activeElement.ariaLabel || document.activeElement.innerText',
  )
export const image = readFileSync(new URL('../../tools/console/page/icon.svg', import.meta.url))
