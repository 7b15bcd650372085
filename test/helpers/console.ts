/** Helpers for tests of the console in a browser. */
import type { RequestListener } from 'node:http'
import { after, beforeEach } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type ConsoleOptions, createConsole } from '../../tools/console/console.ts'
import { Recorder } from '../../tools/console/recorder.ts'
import { listen } from './server.ts'
import { clock, things, thingsServer } from './things-api.ts'

/** Serves the console on its own port, with `handle` as its API. */
export async function serveConsole(
  handle: RequestListener,
  options: Partial<ConsoleOptions> & Pick<ConsoleOptions, 'describe'>,
  at = 0,
) {
  const page = createConsole({ sources: () => [], recorder: new Recorder(), ...options })
  const { host, stop } = await listen((request, response) => {
    if (!page.handle(request, response)) handle(request, response)
  }, at)
  return { url: `http://${host.replace('127.0.0.1', 'localhost')}`, changed: () => page.changed(), stop }
}

/** Serves the console with the APIs of things and of the clock, reset before each test of the file. */
export async function serveThings() {
  const api = thingsServer()
  const documents = { things: things(), clock: clock() }
  const service = await serveConsole(api.handle, { describe: async () => documents })
  after(service.stop)
  beforeEach(() => {
    Object.assign(documents, { things: things(), clock: clock() })
    service.changed()
    api.rows.length = 0
    api.received.length = 0
  })
  const add = (...titles: string[]) =>
    api.rows.push(...titles.map((title, index) => ({ thing: `t${index + 1}`, title, done: false, level: 'low' })))
  return { api, documents, service, add }
}

export const textOf = async (locator: Locator) => (await locator.textContent()) ?? ''
export const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true })
export const says = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
export const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.name || document.activeElement.ariaLabel || document.activeElement.innerText',
  )

/** Clicks a copy button. @returns the clipboard. */
export async function copied(page: Page, from: Page | Locator, name: string): Promise<string> {
  await button(from, name).click()
  await says(page, 'Copied')
  return page.evaluate('navigator.clipboard.readText()')
}

/** Goes to an operation by its link. */
export async function goTo(page: Page, summary: string): Promise<void> {
  await page.getByRole('link', { name: summary }).click()
  await page.getByRole('heading', { name: summary }).waitFor()
}

/** Chooses files in the form that is shown. */
export const choose = (page: Page, label: string, files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.getByLabel(label, { exact: true }).locator('visible=true').setInputFiles(files)
