/** The console in a real browser, on the whole program: everything that a user of it does. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync, statSync } from 'node:fs'
import { after, before, describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser, Locator, Page } from 'playwright-core'
import { assertAccessible, findBrowser, launch, openPage } from './helpers/browser.ts'
import { call, startTestService, type TestService } from './helpers/service.ts'

const executable = await findBrowser()
const skip = executable ? false : 'no Chromium here: apt-get install chromium, or CHROMIUM=/path/to/it'

/** Bytes of all that the page loads, its data not counted. */
const BUDGET = 170_000

let service: TestService
let browser: Browser
let url = ''

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
async function open(t: TestContext, section: string, options: Parameters<typeof openPage>[1] = {}): Promise<Page> {
  const { page, complaints, close } = await openPage(browser, options)
  t.after(async () => {
    await close()
    assert.deepEqual(complaints, [])
  })
  await page.goto(`${url}/#/${section}`)
  return page
}

const create = async (name: string, age = 1): Promise<{ id: number }> =>
  (await call(`${service.base}/rds`, { method: 'POST', json: { name, age } })).body.user
const users = async (): Promise<{ id: number; name: string; age: number }[]> =>
  (await call(`${service.base}/rds?limit=1000`)).body.users
const removeAll = async () => {
  const admin = await service.admin()
  await admin.query('DELETE FROM users')
  await admin.end()
}
const textOf = async (locator: Locator) => (await locator.textContent()) ?? ''
const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const says = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()
const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement.name || document.activeElement.ariaLabel || document.activeElement.innerText',
  )
const image = readFileSync(new URL('../console/icon.svg', import.meta.url))

describe('users', { skip }, () => {
  test('are added, changed and deleted, and the keyboard stays where it was', async (t) => {
    await removeAll()
    const page = await open(t, 'users')
    await page.getByText('No users yet').waitFor()
    await button(page, 'Add user').first().click()
    await page.getByLabel('Name').fill('Ada <b>"김"</b> 😀')
    await page.getByRole('textbox', { name: 'Age' }).fill('36')
    await page.keyboard.press('Enter')
    await says(page, 'Ada <b>"김"</b> 😀 was added.')
    const row = page.getByRole('row', { name: /Ada/ })
    assert.match(await textOf(row), /Ada <b>"김"<\/b> 😀\s*36/)

    await button(row, /^Edit/).click()
    assert.equal(await page.getByLabel('Name').inputValue(), 'Ada <b>"김"</b> 😀')
    await page.getByLabel('Name').fill('Grace')
    await page.getByRole('textbox', { name: 'Age' }).fill('0')
    await button(page, 'Save').click()
    await page.getByRole('row', { name: /Grace/ }).waitFor()
    await page.locator('[aria-label="Edit Grace"]:focus').waitFor()

    await button(page, 'Delete Grace').click()
    const box = page.getByRole('alertdialog')
    assert.equal(await focused(page), 'Cancel')
    await page.keyboard.press('Escape')
    assert.equal((await users()).length, 1)
    await button(page, 'Delete Grace').click()
    await button(box, 'Delete').click()
    await says(page, 'Grace was deleted.')
    await page.getByText('No users yet').waitFor()
    assert.deepEqual(await users(), [])
  })

  test('that the API refuses say so at the field, which gets the keyboard', async (t) => {
    const page = await open(t, 'users')
    await button(page, 'Add user').first().click()
    await page.getByLabel('Name').fill('Ada')
    await page.getByRole('textbox', { name: 'Age' }).fill('old')
    await button(page, 'Save').click()
    const age = page.getByRole('textbox', { name: 'Age' })
    await page.locator('[aria-invalid]').waitFor()
    assert.equal(await focused(page), 'age')
    assert.equal(await page.getByLabel('Name').getAttribute('aria-invalid'), null)
    const note = page.locator(`#${await age.getAttribute('aria-describedby')}`)
    assert.equal(await textOf(note), 'must be an integer from 0 to 150')
    await assertAccessible(page, 'users-invalid')
    await age.fill('')
    await page.getByLabel('Name').fill('x'.repeat(256))
    await button(page, 'Save').click()
    await page.getByText('is required').waitFor()
    assert.equal(await focused(page), 'name')
  })

  test('are added once by a double click, and by a repeat after a lost answer', async (t) => {
    await removeAll()
    const page = await open(t, 'users')
    await button(page, 'Add user').first().click()
    await page.getByLabel('Name').fill('Once')
    await page.getByRole('textbox', { name: 'Age' }).fill('1')
    await button(page, 'Save').dblclick()
    await says(page, 'Once was added.')
    assert.equal((await users()).length, 1)

    await page.route(
      '**/default/rds',
      async (route) => {
        await route.fetch()
        await route.abort()
      },
      { times: 1 },
    )
    await button(page, 'Add user').click()
    await page.getByLabel('Name').fill('Lost')
    await page.getByRole('textbox', { name: 'Age' }).fill('2')
    await button(page, 'Save').click()
    await page.getByText(/^No answer from localhost/).waitFor()
    await button(page, 'Save').click()
    await says(page, 'Lost was added.')
    assert.deepEqual(
      (await users()).map(({ name }) => name),
      ['Once', 'Lost'],
    )
  })

  test('are turned over page by page, a thousand at a time too, and names stay in their cells', async (t) => {
    await removeAll()
    const admin = await service.admin()
    const names = ['محمد', 'x'.repeat(255), '김'.repeat(255), '‮evil']
    await admin.query('INSERT INTO users (name, age) VALUES ?', [
      Array.from({ length: 1001 }, (_, index) => [names[index] ?? `User ${index + 1}`, 20]),
    ])
    await admin.end()
    const page = await open(t, 'users')
    const rows = page.locator('tbody tr')
    const first = () => textOf(rows.first().locator('.name'))
    await rows.nth(24).waitFor()
    assert.equal(await button(page, 'Previous').isDisabled(), true)
    await assertAccessible(page, 'users-names')
    await button(page, 'Next').click()
    await page.getByText('User 26', { exact: true }).waitFor()
    await button(page, 'Next').click()
    await page.getByText('User 51', { exact: true }).waitFor()
    await button(page, 'Previous').click()
    await page.getByText('User 26', { exact: true }).waitFor()
    assert.equal(await rows.count(), 25)
    // Whoever is quicker than the answers ends where they clicked.
    for (let times = 0; times < 5; times++) await button(page, 'Next').click()
    await page.getByText('Page 7', { exact: true }).waitFor()
    assert.equal(await first(), 'User 151')

    const started = Date.now()
    await page.getByLabel('Users per page').selectOption('1000')
    await rows.nth(999).waitFor()
    assert.ok(Date.now() - started < 3000, `${Date.now() - started} ms`)
    await button(page, 'Next').click()
    await page.getByText('User 1001', { exact: true }).waitFor()
    assert.equal(await button(page, 'Next').isDisabled(), true)
  })

  test('that somebody else has deleted are no error to delete, and one to change', async (t) => {
    await removeAll()
    const { id } = await create('Gone')
    const page = await open(t, 'users')
    await button(page, 'Edit Gone').click()
    await call(`${service.base}/rds/${id}`, { method: 'DELETE' })
    await button(page, 'Save').click()
    await page.getByText('Somebody else has deleted this user.').waitFor()
    await page.keyboard.press('Escape')
    await button(page, 'Delete Gone').click()
    await button(page.getByRole('alertdialog'), 'Delete').click()
    await page.getByText('No users yet').waitFor()
  })
})

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
    assert.match(await textOf(items.nth(0).locator('.clock')), /^(1:00:00|59:5\d)$/)
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
    const page = await open(t, 'files')
    await page.clock.install()
    await page.reload()
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

describe('requests', { skip }, () => {
  test('of new execution environments are told as cold starts, with their lines', async (t) => {
    const page = await open(t, 'requests')
    await page.locator('tbody tr').first().waitFor()
    await page.getByLabel('Show').selectOption('Cold starts')
    const rows = page.locator('tbody tr:not([hidden])')
    await rows.first().getByRole('button').click()
    await page
      .getByRole('article')
      .getByText(/Cold start: \d+ ms of initialisation/)
      .waitFor()
    await page.getByRole('article').getByText('"coldStart": true').waitFor()
  })

  test('appear as they come, with all that became of them', async (t) => {
    await call(`${service.base}/rds`)
    const page = await open(t, 'requests')
    const rows = page.locator('tbody tr:not([hidden])')
    await rows.first().waitFor()
    await button(page, 'Clear').click()
    await page.getByText('No requests yet').waitFor()
    await assertAccessible(page, 'requests-empty')
    await call(`${service.base}/rds`, { method: 'POST', json: { name: "O'Neill 김", age: 40 } })
    await call(`${service.base}/rds?limit=0`)
    await call(`${service.base}/none`)
    await rows.nth(2).waitFor()
    assert.match(await textOf(rows.nth(0)), /GET \/default\/none\s*403.* msgateway/)
    assert.match(await textOf(rows.nth(1)), /GET \/default\/rds\?limit=0\s*422/)
    assert.match(await textOf(rows.nth(2)), /POST \/default\/rds\s*200.* msrds-[0-9a-f]{12}/)

    await page.getByLabel('Filter').fill('post rds-')
    assert.equal(await rows.count(), 1)
    await page.getByLabel('Filter').fill('nothing like it')
    await page.getByText('No request is like that.').waitFor()
    await page.getByLabel('Filter').fill('')
    await page.getByLabel('Show').selectOption('Errors')
    assert.equal(await rows.count(), 2)
    await page.getByLabel('Show').selectOption('All')

    await rows.nth(1).getByRole('button').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const detail = page.getByRole('article')
    await detail.waitFor()
    const text = await textOf(detail)
    assert.match(text, /200 POST \/default\/rds/)
    assert.match(text, /"message": "POST \/rds 200"/)
    assert.match(text, /"httpMethod": "POST"/)
    assert.match(text, /User created successfully!/)
    await assertAccessible(page, 'requests')

    await button(detail, 'Copy as curl').click()
    await says(page, 'Copied')
    const line = await page.evaluate<string>('navigator.clipboard.readText()')
    const curl = 'command -v curl >/dev/null || curl() { printf "User created: %s" "$*"; }'
    const { stdout } = await promisify(execFile)('bash', ['-c', `${curl}\n${line}`])
    assert.match(stdout, /User created.*O'Neill 김/)
    const before = (await users()).length
    await button(detail, 'Replay').click()
    await says(page, 'Sent again.')
    assert.equal((await users()).length, before + 1)
    assert.equal((await users()).at(-1)?.name, "O'Neill 김")
  })

  test('keep to what the page keeps, and the page stays quick, under load', async (t) => {
    const page = await open(t, 'requests')
    await page.locator('tbody tr').first().waitFor()
    const ask = async () => {
      for (let count = 0; count < 90; count++) await (await fetch(`${service.base}/none?${count}`)).arrayBuffer()
    }
    await Promise.all(Array.from({ length: 8 }, ask))
    await page.getByText('500 of 500').waitFor()
    await page.getByLabel('Filter').fill('none?89')
    await page.getByText('8 of 500').waitFor()
  })
})

describe('the description', { skip }, () => {
  test('shows every operation, and sends what its form says', async (t) => {
    const document = JSON.parse(readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8'))
    const operations = Object.values(document.paths as object).flatMap((item) =>
      Object.keys(item).filter((key) => /^(get|post|put|delete)$/.test(key)),
    )
    const page = await open(t, 'api')
    const items = page.locator('.operation-item')
    await items.first().waitFor()
    assert.equal(await items.count(), operations.length)
    for (const item of await items.all()) {
      await item.locator('summary').first().click()
      await item.locator('.try').waitFor()
    }
    for (const answer of (await page.locator('.answer summary').all()).slice(0, 12))
      if (await answer.isVisible()) await answer.click()
    await assertAccessible(page, 'api')
    const post = items.filter({ hasText: 'Create a user' })
    await button(post, 'Send').click()
    await post.locator('.try').getByText('User created successfully!').waitFor()
    const link = items.filter({ hasText: 'Get a link to a file' })
    await button(link, 'Send').click()
    await link.locator('.try').getByText('"expiresIn": 3600').waitFor()
    const upload = items.filter({ hasText: 'Upload a small file' })
    await upload
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hi') })
    await button(upload, 'Send').click()
    await upload.locator('.try').getByText('File uploaded!').waitFor()
    const read = items.filter({ hasText: 'Read a user' })
    await read.locator('.try input').fill('999999')
    await button(read, 'Send').click()
    await read.locator('.try .status').getByText('404').waitFor()
  })
})

describe('the page', { skip }, () => {
  const sections = ['users', 'files', 'presign', 'requests', 'api']
  const looks = {
    'en-light': { locale: 'en-US', colorScheme: 'light' },
    'ko-dark': { locale: 'ko-KR', colorScheme: 'dark' },
    'ko-phone': { locale: 'ko-KR', colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true },
    'en-phone-dark': { locale: 'en-GB', colorScheme: 'dark', viewport: { width: 320, height: 640 } },
  } as const
  for (const [name, options] of Object.entries(looks)) {
    test(`is accessible and fits in every section: ${name}`, async (t) => {
      await removeAll()
      // Hundreds of rows would take axe a minute.
      await fetch(`${url}/.console/requests`, { method: 'DELETE' })
      for (const each of ['Ada', '김하늘', 'x'.repeat(200)]) await create(each, 36)
      const page = await open(t, 'users', options)
      for (const section of sections) {
        await page.goto(`${url}/#/${section}`)
        await page.locator('h1').waitFor()
        await page.locator('main .loading, [aria-busy=true]').waitFor({ state: 'detached' })
        if (section === 'requests') await page.locator('.request').first().waitFor()
        if (section === 'api') await page.locator('.operation-item').first().waitFor()
        await assertAccessible(page, `${name}-${section}`)
      }
      assert.equal(await page.getAttribute('html', 'lang'), name.slice(0, 2))
    })
  }

  test('shows every section and every explanation on a phone, without scrolling to the side', async (t) => {
    const page = await open(t, 'api', { viewport: { width: 375, height: 760 } })
    await page.locator('.operation-item').first().waitFor()
    for (const item of await page.locator('.operation-item').all()) await item.locator('summary').first().click()
    await page.locator('.schema').nth(4).waitFor()
    const clipped = `[...document.querySelectorAll('.top nav, .scroll')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ textContent }) => textContent)`
    assert.deepEqual(await page.evaluate(clipped), [])
    await assertAccessible(page, 'api-phone')
  })

  test('changes its language and its colours, and keeps both, and what was typed', async (t) => {
    const page = await open(t, 'presign', { locale: 'ko-KR' })
    await page.getByRole('heading', { name: '미리 서명된 URL' }).waitFor()
    await page.locator('#presigned').fill('hello')
    await page.getByText('URL도 아니고').waitFor()
    await page.getByLabel('언어').selectOption('en')
    await page.getByText('This is no URL').waitFor()
    assert.equal(await page.locator('#presigned').inputValue(), 'hello')
    await page.getByLabel('Colours').selectOption('dark')
    const dark = 'getComputedStyle(document.body).backgroundColor'
    const background = await page.evaluate(dark)
    await page.reload()
    await page.getByRole('heading', { name: 'Presigned URL' }).waitFor()
    assert.equal(await page.evaluate(dark), background)
    assert.equal(background, 'rgb(20, 22, 21)')
  })

  test("says the APIs' messages in Korean where it knows them", async (t) => {
    const page = await open(t, 'users', { locale: 'ko-KR' })
    await button(page, '사용자 추가').first().click()
    await page.getByRole('textbox', { name: '나이' }).fill('200')
    await button(page, '저장').click()
    await page.getByText('0부터 150까지의 정수여야 합니다').waitFor()
  })

  test('is used by keyboard alone', async (t) => {
    const page = await open(t, 'users')
    await page.locator('tbody tr').first().waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Skip to content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Add user')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.type('Keyboard')
    await page.keyboard.press('Tab')
    await page.keyboard.type('7')
    await page.keyboard.press('Enter')
    await says(page, 'Keyboard was added.')
  })

  test('loads nothing from elsewhere, little in all, and moves nothing that it has shown', async (t) => {
    const page = await open(t, 'users')
    const loaded = new Map<string, number>()
    page.on('response', async (response) => {
      loaded.set(response.url(), Number(response.headers()['content-length'] ?? 0))
    })
    await page.addInitScript(`
      globalThis.shift = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value
      }).observe({ type: 'layout-shift', buffered: true })`)
    for (const section of sections) {
      await page.goto(`${url}/?${section}#${section}`)
      await page.locator('h1').waitFor()
      await page.waitForLoadState('load')
      if (section === 'users') await page.locator('tbody tr').first().waitFor()
      if (section === 'api') await page.locator('.operation-item').first().waitFor()
      const shift = await page.evaluate<number>('shift')
      assert.ok(shift < 0.02, `${section} moved by ${shift}`)
    }
    for (const each of loaded.keys()) assert.equal(new URL(each).origin, url)
    const bytes = globSync('console/**/*.{html,css,js,svg}', { cwd: new URL('..', import.meta.url) }).map(
      (file) => statSync(new URL(`../${file}`, import.meta.url)).size,
    )
    const sum = bytes.reduce((total, size) => total + size)
    t.diagnostic(`${bytes.length} files, ${sum} bytes`)
    assert.ok(sum <= BUDGET, `${sum} bytes`)
  })
})
