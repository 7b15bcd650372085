/** The console in a real browser, on an API that it knows nothing of but its description. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, beforeEach, describe, test } from 'node:test'
import { freePort } from '../tools/process/port.ts'
import { assertAccessible, open, skip } from './helpers/browser.ts'
import { button, choose, focused, goTo, says, serveConsole, textOf } from './helpers/console.ts'
import { clock, things, thingsServer } from './helpers/things-api.ts'

const api = thingsServer()
const documents: Record<string, ReturnType<typeof things>> = { things: things(), clock: clock() as never }
let service: Awaited<ReturnType<typeof serveConsole>>
before(async () => {
  service = await serveConsole(api.handle, { describe: async () => documents })
})
after(() => service?.stop())
beforeEach(() => {
  documents.things = things()
  api.rows.length = 0
  api.received.length = 0
})

const add = (...titles: string[]) =>
  api.rows.push(...titles.map((title, index) => ({ thing: `t${index + 1}`, title, done: false, level: 'low' })))
const sent = (method: string) => api.received.filter((each) => each.method === method)

describe('what a route lists', { skip }, () => {
  test('is added, changed and removed in a table, and the keyboard stays where it was', async (t) => {
    const page = await open(t, service.url)
    await page.getByText('Nothing here yet').waitFor()
    await button(page, 'Add').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('title').fill('<b>김</b> 😀')
    await dialog.getByLabel('done').selectOption('true')
    await dialog.getByLabel('level').selectOption('high')
    await dialog.getByLabel('city').fill('Seoul')
    await dialog.getByLabel('tags').fill('["a", "b"]')
    await page.keyboard.press('Control+Enter')
    await button(dialog, 'Add').click()
    await says(page, 'Added')
    const { thing, ...stored } = api.rows[0] ?? {}
    const place = { city: 'Seoul' }
    assert.deepEqual(stored, { title: '<b>김</b> 😀', done: true, level: 'high', count: null, place, tags: ['a', 'b'] })
    const row = page.locator('tbody tr').first()
    assert.match(await textOf(row), /<b>김<\/b> 😀.*true.*high.*null.*\{"city":"Seoul"\}.*\["a","b"\]/)

    await button(page, `Edit ${thing}`).click()
    assert.equal(await dialog.getByLabel('title').inputValue(), '<b>김</b> 😀')
    await dialog.getByLabel('title').fill('Second')
    await button(dialog, 'Save').click()
    await page.getByRole('cell', { name: 'Second' }).waitFor()
    assert.deepEqual(api.rows[0], { thing, ...stored, title: 'Second' })
    assert.equal(await focused(page), `Edit ${thing}`)

    await button(page, `Delete ${thing}`).click()
    assert.equal(await focused(page), 'Cancel')
    await assertAccessible(page, 'remove')
    await button(page.getByRole('alertdialog'), 'Delete').click()
    await page.getByText('Nothing here yet').waitFor()
    assert.deepEqual([api.rows, await focused(page)], [[], 'Add'])
  })

  test('is turned over page by page', async (t) => {
    add('One', 'Two', 'Three')
    const page = await open(t, service.url)
    await page.getByRole('cell', { name: 'Two' }).waitFor()
    assert.equal(await button(page, 'Previous').isDisabled(), true)
    await button(page, 'Next').click()
    await page.getByRole('cell', { name: 'Three' }).waitFor()
    assert.equal(await button(page, 'Next').isDisabled(), true)
    await button(page, 'Previous').click()
    await page.getByRole('cell', { name: 'One' }).waitFor()
    await page.getByLabel('size').fill('10')
    await page.keyboard.press('Enter')
    await page.getByRole('cell', { name: 'Three' }).waitFor()
    assert.equal(await page.locator('tbody tr').count(), 3)
  })

  test('shows refusals at the fields that they are about, and those of none beside them', async (t) => {
    const page = await open(t, service.url)
    await button(page, 'Add').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('zip').fill('100000')
    await dialog.getByLabel('tags').fill('[""]')
    await button(dialog, 'Add').click()
    await dialog.getByText('is too large').waitFor()
    const invalid = await dialog
      .locator('[aria-invalid]')
      .evaluateAll((all) => all.map((each) => each.getAttribute('name')))
    assert.deepEqual(invalid, ['body.title', 'body.place.zip', 'body.tags'])
    assert.equal(await focused(page), 'body.title')
    await assertAccessible(page, 'refused')
    await dialog.getByLabel('title').fill('odd')
    await dialog.getByLabel('zip').fill('')
    await dialog.getByLabel('tags').fill('[')
    await button(dialog, 'Add').click()
    await dialog.getByText('is not JSON').waitFor()
    await dialog.getByLabel('tags').fill('')
    await button(dialog, 'Add').click()
    await dialog.getByText('weather is bad').waitFor()
  })

  test('is added once by a double click; a lost answer is told', async (t) => {
    const page = await open(t, service.url)
    await button(page, 'Add').click()
    await page.getByLabel('title').fill('Once')
    await page.route('**/prod/things', (route) => route.fetch().then(() => route.abort()), { times: 1 })
    await button(page.getByRole('dialog'), 'Add').dblclick()
    await page.getByText(/^No answer from localhost/).waitFor()
    assert.equal(sent('POST').length, 1)
  })

  test('has a field that its description has since, without a reload; what was typed stays', async (t) => {
    const page = await open(t, service.url)
    await button(page, 'Add').click()
    await page.getByLabel('title').fill('Typed')
    const { Thing, NewThing } = documents.things?.components.schemas ?? {}
    assert.ok(Thing && NewThing)
    Object.assign(NewThing.properties, { colour: { type: 'string' } })
    add('Old')
    service.changed()
    await page.getByLabel('colour', { exact: true }).fill('red')
    assert.equal(await page.getByLabel('title').inputValue(), 'Typed')
    await button(page.getByRole('dialog'), 'Add').click()
    await page.getByRole('columnheader', { name: 'colour' }).waitFor()
    assert.equal(api.rows[1]?.colour, 'red')
  })

  test('is gone where somebody else removed it: no error to remove, one to change', async (t) => {
    add('Gone')
    const page = await open(t, service.url)
    await page.getByRole('cell', { name: 'Gone' }).waitFor()
    api.rows.length = 0
    await button(page, 'Edit t1').click()
    await says(page, 'There is no t1')
    await button(page, 'Delete t1').click()
    await button(page.getByRole('alertdialog'), 'Delete').click()
    await page.getByText('Nothing here yet').waitFor()
  })
})

describe('every other operation', { skip }, () => {
  test('is a form, whose answer is shown, pictures too, and leads on to what it names', async (t) => {
    add('One')
    const page = await open(t, `${service.url}/#/api/things/restart`)
    await button(page, 'Send').click()
    await page.getByText('"ok": true').waitFor()
    await goTo(page, 'Read a thing')
    const input = page.getByLabel('thing', { exact: true }).locator('visible=true')
    await input.fill('none')
    await button(page, 'Send').click()
    await page.getByText('There is no none').first().waitFor()
    assert.equal(await page.getByText('Read a thing.', { exact: true }).count(), 0)
    Object.assign(api.rows[0] ?? {}, { home: 'https://example.com/things/3' })
    await input.fill('t1')
    await button(page, 'Send').click()
    await page.locator('.link').getByText('https://example.com/things/3', { exact: true }).waitFor()
    await goTo(page, 'Draw a thing')
    await button(page, 'Send').click()
    await page.locator('img.picture').waitFor()
    await page.goBack()
    assert.equal(await input.inputValue(), 't1')
    await button(page.locator('article:visible'), 'Copy as curl').click()
    await says(page, 'Copied')
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), `curl ${service.url}/prod/things/t1`)
  })

  test('takes files that are dropped, shows how far they are, and is held up', async (t) => {
    const page = await open(t, `${service.url}/#/api/things/sendPictures`)
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    const throttle = (uploadThroughput: number) =>
      session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      })
    await throttle(1_000_000)
    await choose(page, 'pictures', [
      { name: 'a.png', mimeType: 'image/png', buffer: Buffer.alloc(3_000_000) },
      { name: 'b.png', mimeType: 'image/png', buffer: Buffer.from('second') },
    ])
    await button(page, 'Send').click()
    await page.locator('progress[value]:not([value="0"])').waitFor()
    await assertAccessible(page, 'sending')
    await button(page, 'Cancel').click()
    await says(page, 'Cancelled')
    await throttle(-1)
    await choose(page, 'pictures', [{ name: 'b.png', mimeType: 'image/png', buffer: Buffer.from('second') }])
    await page.getByLabel('title').fill('Mine')
    await button(page, 'Send').click()
    await page.getByText('"ok": true').waitFor()
    const { body = '', headers } = sent('POST').at(-1) ?? {}
    assert.match(String(headers?.['content-type']), /^multipart\/form-data; boundary=/)
    assert.match(body, /name="title"\r\n\r\nMine\r\n/)
    assert.match(body, /name="pictures"; filename="b\.png"\r\nContent-Type: image\/png\r\n\r\nsecond\r\n/)
  })

  test('says of a dropped folder that it is one', async (t) => {
    const page = await open(t, `${service.url}/#/api/things/sendPictures`)
    const box = await page.getByLabel('pictures').boundingBox()
    assert.ok(box)
    const session = await page.context().newCDPSession(page)
    const at = { x: box.x + 9, y: box.y + 9 }
    const data = { items: [], files: [mkdtempSync(`${tmpdir()}/folder-`)], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, ...at, data })
    await button(page, 'Send').click()
    await page.getByText('is a folder, or cannot be read').waitFor()
  })

  test('asks for what the API asks of its callers, which is kept in the tab alone', async (t) => {
    const page = await open(t, `${service.url}/#/api/clock/time`)
    await button(page, 'Send').click()
    await page.getByText('This API wants to know who is calling').waitFor()
    const enter = async (key: string) => {
      await button(page, 'Access').click()
      await page.getByLabel('API key').fill(key)
      await page.keyboard.press('Enter')
      await button(page, 'Send').click()
    }
    await enter('wrong')
    await page.getByText('What is entered under Access does not let you in here.').waitFor()
    await enter('k3y')
    await page.getByText('"ok": true').waitFor()
    assert.deepEqual(await page.evaluate('Object.keys(localStorage)'), [])
    await button(page, 'Copy as curl').click()
    await says(page, 'Copied')
    assert.match(await page.evaluate<string>('navigator.clipboard.readText()'), /-H "x-api-key: \$API_KEY"$/)
  })
})

describe('the page', { skip }, () => {
  const looks = {
    'en-light': { locale: 'en-US', colorScheme: 'light' },
    'ko-dark': { locale: 'ko-KR', colorScheme: 'dark' },
    'ko-phone': { locale: 'ko-KR', colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true },
    'en-phone-dark': { locale: 'en-GB', colorScheme: 'dark', viewport: { width: 320, height: 640 } },
  } as const
  const places = ['api', 'api/things/addThing', 'api/things/sendPictures', 'api/clock/time', 'requests', 'presign']
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

  test('changes its language, and keeps it, and what was typed', async (t) => {
    const page = await open(t, `${service.url}/#/presign`, { locale: 'ko-KR' })
    await page.getByRole('heading', { name: '미리 서명된 URL' }).waitFor()
    await page.locator('#presigned').fill('hello')
    await button(page, 'English').click()
    await page.getByText('There is no URL in it').waitFor()
    assert.equal(await page.locator('#presigned').inputValue(), 'hello')
    await page.reload()
    await page.getByRole('heading', { name: 'Presigned URL' }).waitFor()
  })

  test('works where the browser keeps nothing for it', async (t) => {
    const refuse = `for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })`
    const page = await open(t, `${service.url}/#/api/clock/time`, {}, (blank) => blank.addInitScript(refuse))
    await button(page, 'Access').click()
    await page.getByLabel('API key').fill('k3y')
    await page.keyboard.press('Enter')
    await button(page, '한국어').click()
    await button(page, '보내기').click()
    await page.getByText('"ok": true').waitFor()
  })

  test('is used by keyboard alone', async (t) => {
    const page = await open(t, service.url)
    await page.getByText('Nothing here yet').waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Skip to content')
    await page.keyboard.press('Enter')
    for (let tabs = 0; tabs < 20 && (await focused(page)) !== 'Add'; tabs++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    for (let tabs = 0; tabs < 9 && (await focused(page)) !== 'body.title'; tabs++) await page.keyboard.press('Tab')
    await page.keyboard.type('Keyboard')
    await page.keyboard.press('Enter')
    await says(page, 'Added')
    assert.equal(api.rows[0]?.title, 'Keyboard')
  })

  test('loads nothing from elsewhere, is there at once, and moves nothing that it has shown', async (t) => {
    add('One', 'Two')
    const page = await open(t, 'about:blank')
    const loaded: string[] = []
    page.on('request', (request) => loaded.push(request.url()))
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
      t.diagnostic(`${place}: ${metrics.find(({ name }) => name === 'ScriptDuration')?.value} s of script`)
      const shift = await page.evaluate<number>('shift')
      assert.ok(shift < 0.02, `${place} moved by ${shift}`)
    }
    for (const each of loaded) assert.equal(new URL(each).origin, service.url)
    const bytes = (await (await fetch(`${service.url}/.console/main.js`)).arrayBuffer()).byteLength
    assert.ok(bytes < 120_000, `${bytes} bytes of script`)
  })

  test('says that the service has stopped, and goes on when it is back', async (t) => {
    const port = await freePort()
    const options = { describe: async () => documents }
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

  test('says why it cannot sign for IAM, and copies a command that does', async (t) => {
    const document = {
      ...clock(),
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' },
        },
      },
    }
    const signed = await serveConsole(api.handle, { describe: async () => ({ clock: document }) })
    t.after(() => signed.stop())
    const page = await open(t, signed.url)
    await button(page, 'Access').click()
    await page.getByText('This page has none and cannot sign').waitFor()
    await assertAccessible(page, 'iam')
    await page.keyboard.press('Escape')
    await button(page, 'Send').click()
    await button(page, 'Copy as curl').click()
    await says(page, 'Copied')
    assert.match(
      await page.evaluate<string>('navigator.clipboard.readText()'),
      /--aws-sigv4 "aws:amz:\$AWS_REGION:execute-api"/,
    )
  })
})
