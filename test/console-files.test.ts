/** Files and their links in the console, in a real browser. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertAccessible } from './helpers/browser.ts'
import { button, image, open, says, service, skip, textOf } from './helpers/console.ts'
import { call } from './users-and-files/helpers/service.ts'

describe('files', { skip }, () => {
  const small = { name: 'icon 한글.svg', mimeType: 'image/svg+xml', buffer: image }
  const large = { name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(4_500_001, 'large') }

  test('small ones go through the API and large ones straight to S3, and their links give them back', async (t) => {
    const page = await open(t, 'files')
    await assertAccessible(page, 'files-empty')
    await page.getByLabel('Folder').fill('some/folder/')
    await page.locator('#files').setInputFiles([small, large])
    const items = page.locator('.items li')
    await page.locator('.items .clock').nth(1).waitFor()
    await assertAccessible(page, 'files')
    assert.match(await textOf(items.nth(1)), /some\/folder\/icon 한글\.svg.*through the API/)
    assert.match(await textOf(items.nth(0)), /some\/folder\/large\.bin.*4\.5 MB.*straight to S3/)
    for (const [index, { buffer, mimeType }] of [large, small].entries()) {
      await button(items.nth(index), 'Copy link').click()
      await says(page, 'Link copied')
      const response = await fetch(await page.evaluate<string>('navigator.clipboard.readText()'))
      assert.equal(response.headers.get('content-type'), mimeType)
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), buffer)
      assert.equal(await items.nth(index).getByRole('link', { name: 'Download' }).getAttribute('href'), response.url)
    }
    assert.match(await textOf(items.nth(0).locator('.clock')), /^(1:00:00|59:\d\d)$/)
    await button(page, 'Show some/folder/icon 한글.svg').click()
    await page.getByRole('dialog').getByRole('img').waitFor()
    const decoded = 'document.querySelector("dialog img").decode().then(() => "an image")'
    assert.equal(await page.evaluate(decoded), 'an image')
    await assertAccessible(page, 'files-preview')
    await button(page, 'Close').click()

    await button(items.nth(0), 'Explain').click()
    await page.getByText('Nothing stands against it').waitFor()
    assert.match(await textOf(page.locator('.facts')), /some\/folder\/large\.bin/)
    await assertAccessible(page, 'presign-good')
    await page.getByRole('link', { name: 'Files' }).click()
    await button(page, 'Remove some/folder/large.bin from this list').click()
    assert.equal(await items.count(), 1)
  })

  test('are dropped, show how far they are, and can be held up', async (t) => {
    const page = await open(t, 'files')
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
    const transfer = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(4_000_000)], 'dropped.bin'))
      return transfer
    })()`)
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: transfer })
    const bar = page.getByRole('progressbar', { name: 'Sending dropped.bin' })
    await page.locator('progress[value]:not([value="0"])').waitFor()
    const before = Number(await bar.getAttribute('value'))
    assert.ok(before < 4_000_000, String(before))
    await assertAccessible(page, 'files-sending')
    await button(page, 'Cancel').click()
    await page.getByText('Cancelled').waitFor()
    assert.equal((await call(`${service.base}/s3?filename=dropped.bin&verify=true`)).status, 404)
    await throttle(-1)
    await button(page, 'Try again').click()
    await page.locator('.items .clock').waitFor()
    assert.equal((await call(`${service.base}/s3?filename=dropped.bin&verify=true`)).status, 200)
  })

  test('with a name that is refused can be sent by another, and S3 that is away is told', async (t) => {
    const page = await open(t, 'files')
    await page.getByLabel('Folder').fill('..')
    await page.locator('#files').setInputFiles([small])
    await page.getByText(/^must not have \. or \.\. between slashes$/).waitFor()
    await assertAccessible(page, 'files-refused')
    await page.getByLabel('Name of the file').fill('good.svg')
    await button(page, 'Try again').click()
    await page.locator('.items .clock').waitFor()
    await service.store.stop()
    t.after(() => service.store.start())
    await page.getByLabel('Folder').fill('')
    await page.locator('#files').setInputFiles([small])
    await page.getByText('Could not connect to S3. Try again in a moment.').waitFor()
  })

  test('that are there get a link; that are not, a message at the field', async (t) => {
    const page = await open(t, 'files')
    const name = page.getByLabel('Link to a file')
    await name.fill('none.txt')
    await page.keyboard.press('Enter')
    await page.getByText('There is no file none.txt').waitFor()
    await name.fill('')
    await page.keyboard.press('Enter')
    await page.getByText('must not be empty').waitFor()
    assert.equal(await name.getAttribute('aria-invalid'), 'true')
    await page.getByLabel('Ask S3 whether it is there').uncheck()
    await name.fill('none.txt')
    await page.keyboard.press('Enter')
    await page.locator('.items .clock').waitFor()
  })

  test('whose links are over can have new ones', async (t) => {
    const page = await open(t, 'files', {}, (blank) => blank.clock.install())
    await page.getByLabel('Ask S3 whether it is there').uncheck()
    await page.getByLabel('Link to a file').fill('a.png')
    await page.keyboard.press('Enter')
    await page.locator('.items .clock').waitFor()
    await page.clock.fastForward('59:00')
    assert.match(await textOf(page.locator('.items .clock')), /^0[01]:\d\d$/)
    await page.clock.fastForward('02:00')
    await page.getByText('Link expired').waitFor()
    await button(page, 'New link').click()
    await page.locator('.items .clock').waitFor()
  })
})

describe('presigned URLs', { skip }, () => {
  test('are explained as they are typed, and what is none is said to be none', async (t) => {
    const { url: link } = (await call(`${service.base}/s3?filename=a%20b.txt`)).body
    const form = (await call(`${service.base}/s3/uploads`, { method: 'POST', json: { filename: 'x', size: 5 } })).body
    const page = await open(t, 'presign')
    await button(page, 'Take an example').click()
    await page.getByText('Nothing stands against it').waitFor()
    assert.match(await textOf(page.locator('.facts')), /example\.txt/)
    const input = page.getByLabel('Presigned URL, or the answer of POST /s3/uploads')
    await input.fill('hello')
    await page.getByText('This is no URL').waitFor()
    await input.fill(`${link}&utm_source=mail`.replace('Expires=3600', 'Expires=999999'))
    await page.getByRole('heading', { name: 'S3 would refuse it' }).waitFor()
    await page.getByText('Parameters were added after it was signed: utm_source.').waitFor()
    await page.getByText('999999 seconds are more than seven days').waitFor()
    const bullet = "getComputedStyle(document.querySelector('.verdict li')).listStyleType"
    assert.equal(await page.evaluate(bullet), 'disc')
    await assertAccessible(page, 'presign-bad')
    await input.fill(JSON.stringify(form))
    await page.getByText('Nothing stands against it').waitFor()
    await page.getByText('size from 5 to 5 bytes').waitFor()
    await assertAccessible(page, 'presign-form')
  })
})
