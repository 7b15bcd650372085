/** Lists and forms of the console in a real browser, built from an API's description. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { assertAccessible, open, skip } from './helpers/browser.ts'
import { button, choose, copied, focused, goTo, says, serveThings, textOf } from './helpers/console.ts'

const { api, service, add } = await serveThings()
const sent = (method: string) => api.received.filter((each) => each.method === method)

describe('an item of a list', { skip }, () => {
  test('is added, changed and removed by keyboard, which keeps the focus', async (t) => {
    const page = await open(t, service.url)
    await page.getByText('Nothing here yet').waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Skip to content')
    await page.keyboard.press('Enter')
    for (let tabs = 0; tabs < 20 && (await focused(page)) !== 'Add'; tabs++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    assert.equal(await focused(page), 'body.title')
    await page.keyboard.insertText('<b>김</b> 😀')
    await dialog.getByLabel('count').fill('0')
    await dialog.getByLabel('done').selectOption('true')
    await dialog.getByLabel('level').selectOption('high')
    await dialog.getByLabel('note').fill('Old')
    await dialog.getByLabel('city').fill('Seoul')
    await dialog.getByLabel('tags').fill('["a", "b"]')
    await button(dialog, 'Add').dblclick()
    await says(page, 'Added')
    assert.equal(sent('POST').length, 1)
    const { thing, ...stored } = api.rows[0] ?? {}
    const rest = { count: 0, note: 'Old', place: { city: 'Seoul' }, tags: ['a', 'b'] }
    assert.deepEqual(stored, { title: '<b>김</b> 😀', done: true, level: 'high', ...rest })
    const row = page.locator('tbody tr').first()
    assert.match(await textOf(row), /<b>김<\/b> 😀.*true.*high.*0.*Old.*\{"city":"Seoul"\}.*\["a","b"\]/)

    await button(page, `Edit ${thing}`).click()
    assert.equal(await dialog.getByLabel('title').inputValue(), '<b>김</b> 😀')
    await dialog.getByLabel('title').fill('Second')
    await dialog.getByLabel('note').fill('')
    await button(dialog, 'Save').click()
    await page.getByRole('cell', { name: 'Second' }).waitFor()
    assert.deepEqual(api.rows[0], { thing, ...stored, title: 'Second', note: null })
    assert.equal(await focused(page), `Edit ${thing}`)

    await button(page, `Delete ${thing}`).click()
    assert.equal(await focused(page), 'Cancel')
    await assertAccessible(page, 'remove')
    await button(page.getByRole('alertdialog'), 'Delete').click()
    await page.getByText('Nothing here yet').waitFor()
    assert.deepEqual([api.rows, await focused(page)], [[], 'Add'])
  })

  test('shows errors at their fields, and the others beside them', async (t) => {
    const page = await open(t, service.url)
    await button(page, 'Add').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('zip').fill('100000')
    await dialog.getByLabel('tags').fill('[""]')
    await button(dialog, 'Add').click()
    await dialog.getByText('is too large').waitFor()
    const invalid = await page.evaluate("[...document.querySelectorAll('[aria-invalid]')].map(({ name }) => name)")
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

  test('removed by somebody else fails to change, and disappears when deleted', async (t) => {
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
  test('is a form that shows its answer, with links and pictures, and keeps its input', async (t) => {
    add('One')
    const page = await open(t, `${service.url}/#/api/things/readThing`)
    const input = page.getByLabel('thing', { exact: true }).locator('visible=true')
    Object.assign(api.rows[0] ?? {}, { home: 'https://example.com/things/3' })
    await input.fill('t1')
    await button(page, 'Send').click()
    await page.locator('.link').getByText('https://example.com/things/3', { exact: true }).waitFor()
    await goTo(page, 'Draw a thing')
    await button(page, 'Send').click()
    await page.locator('img.picture').waitFor()
    await page.goBack()
    assert.equal(await input.inputValue(), 't1')
    const answer = page.locator('article:visible')
    assert.equal(await copied(page, answer, 'Copy as curl'), `curl ${service.url}/v1/things/t1`)
  })

  test('uploads files, and shows the progress', async (t) => {
    const page = await open(t, `${service.url}/#/api/things/sendPictures`)
    const session = await page.context().newCDPSession(page)
    const network = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
    const small = { name: 'b.png', mimeType: 'image/png', buffer: Buffer.from('second') }
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', { ...network, uploadThroughput: 1_000_000 })
    await choose(page, 'pictures', [{ ...small, buffer: Buffer.alloc(3_000_000) }, small])
    await page.getByLabel('title').fill('Mine')
    await button(page, 'Send').click()
    await page.locator('progress[value]:not([value="0"])').waitFor()
    await assertAccessible(page, 'sending')
    await session.send('Network.emulateNetworkConditions', network)
    await page.getByText('"ok": true').waitFor()
    const { body = '', headers } = sent('POST').at(-1) ?? {}
    assert.match(String(headers?.['content-type']), /^multipart\/form-data; boundary=/)
    assert.match(body.replaceAll('\0', ''), /name="title"\r\n\r\nMine\r\n/)
    assert.match(body.slice(-200), /name="pictures"; filename="b\.png"\r\nContent-Type: image\/png\r\n\r\nsecond\r\n/)
  })

  test('accepts dropped files, and rejects a folder', async (t) => {
    const page = await open(t, `${service.url}/#/api/things/sendPictures`)
    const session = await page.context().newCDPSession(page)
    const { x = 0, y = 0 } = (await page.getByLabel('pictures').boundingBox()) ?? {}
    const data = { items: [], files: [mkdtempSync(`${tmpdir()}/folder-`)], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: x + 9, y: y + 9, data })
    await button(page, 'Send').click()
    await page.getByText('is a folder, or cannot be read').waitFor()
  })

  test('asks for the API’s credentials, and works without browser storage', async (t) => {
    const refuse = `for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })`
    const page = await open(t, `${service.url}/#/api/clock/time`, {}, (blank) => blank.addInitScript(refuse))
    await button(page, 'Send').click()
    await page.getByRole('alert').getByText('Forbidden').waitFor()
    await page.getByLabel('x-api-key').fill('k3y')
    await page.keyboard.press('Enter')
    await page.getByText('"ok": true').waitFor()
    assert.match(await copied(page, page, 'Copy as curl'), /-H "x-api-key: \$API_KEY"$/)
    await goTo(page, 'Restart')
    await button(page, 'Send').click()
    await page.locator('article:visible').getByText('"ok": true').waitFor()
    assert.equal(sent('POST').at(-1)?.headers['x-api-key'], undefined)
  })
})
