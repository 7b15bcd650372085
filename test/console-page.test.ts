/** The console's page in a real browser: look, language, speed, connection. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { freePort } from '../tools/process/port.ts'
import { assertAccessible, open, skip } from './helpers/browser.ts'
import { button, copied, serveConsole, serveThings } from './helpers/console.ts'
import { clock } from './helpers/things-api.ts'

const { api, documents, service, add } = await serveThings()

describe('the page', { skip }, () => {
  const looks = {
    'en-light': { locale: 'en-US', colorScheme: 'light' },
    'ko-dark': { locale: 'ko-KR', colorScheme: 'dark' },
    'ko-phone': { locale: 'ko-KR', colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true },
    'en-phone-dark': { locale: 'en-GB', colorScheme: 'dark', viewport: { width: 320, height: 640 } },
  } as const
  const operations = ['addThing', 'changeThing', 'removeThing', 'sendPictures'].map((id) => `api/things/${id}`)
  const places = ['api', ...operations, 'api/clock/time', 'requests', 'presign']
  for (const [name, options] of Object.entries(looks)) {
    for (const size of ['100%', '200%'])
      test(`is accessible and fits in every section: ${name}, text of ${size}`, async (t) => {
        add('Ada', '김하늘', 'x'.repeat(200))
        const style = `addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '${size}' })`
        const page = await open(t, service.url, options, (blank) => blank.addInitScript(style))
        for (const place of places) {
          await page.goto(`${service.url}/#/${place}`)
          await page.locator('h1:visible').waitFor()
          if (place === 'api') await page.locator('tbody tr').first().waitFor()
          await assertAccessible(page, `${name}-${size}-${place.replaceAll('/', '-')}`)
        }
        assert.equal(await page.getAttribute('html', 'lang'), name.slice(0, 2))
      })
  }

  test('keeps a changed language, and typed text through the change', async (t) => {
    const page = await open(t, `${service.url}/#/presign`, { locale: 'ko-KR' })
    await page.getByRole('heading', { name: '미리 서명된 URL' }).waitFor()
    await page.locator('#presigned').fill('hello')
    await button(page, 'English').click()
    await page.getByText('There is no URL in it').waitFor()
    assert.equal(await page.locator('#presigned').inputValue(), 'hello')
    await page.reload()
    await page.getByRole('heading', { name: 'Presigned URL' }).waitFor()
  })

  test('renders fast, without layout shifts', async (t) => {
    add('One', 'Two')
    const page = await open(t, 'about:blank')
    await page.addInitScript(`
      globalThis.shift = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value
      }).observe({ type: 'layout-shift', buffered: true })`)
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    for (const place of places) {
      await page.goto(`${service.url}/?${place}#/${place}`)
      await page.locator('h1:visible').waitFor()
      await page.waitForLoadState('load')
      const { metrics } = await session.send('Performance.getMetrics')
      const seconds = metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 1
      assert.ok(seconds < 0.1, `${place} took ${seconds} s of script`)
      const shift = await page.evaluate<number>('shift')
      assert.ok(shift < 0.02, `${place} moved by ${shift}`)
    }
  })

  test('reports a stopped service, and resumes when it is back', async (t) => {
    const [port, options] = [await freePort(), { describe: async () => documents }]
    const first = await serveConsole(api.handle, options, port)
    const page = await open(t, first.url)
    await page.getByText('Nothing here yet').waitFor()
    await first.stop()
    await page.getByText('The service has stopped.').waitFor()
    await assertAccessible(page, 'stopped')
    await button(page, 'Load').click()
    await page.getByText(/^No answer from localhost/).waitFor()
    add('Back')
    const second = await serveConsole(api.handle, options, port)
    t.after(() => second.stop())
    await page.getByRole('cell', { name: 'Back' }).waitFor()
    assert.equal(await page.getByText('The service has stopped.').count(), 0)
  })

  test('says that it cannot sign for IAM, and copies a command that can', async (t) => {
    documents.clock = clock({ authorization: 'AWS_IAM' })
    service.changed()
    const page = await open(t, `${service.url}/#/api/clock/time`)
    await page.getByText('this page cannot sign').waitFor()
    await assertAccessible(page, 'iam')
    await button(page, 'Send').click()
    assert.match(await copied(page, page, 'Copy as curl'), /--aws-sigv4 "aws:amz:\$AWS_REGION:execute-api"/)
  })
})
