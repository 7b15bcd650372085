/** The console on the whole program, in a real browser. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { assertAccessible, open, skip } from '../helpers/browser.ts'
import { button, choose, copied, goTo, says, textOf } from '../helpers/console.ts'
import { call, startTestService } from './helpers/service.ts'

const image = readFileSync(new URL('../../tools/console/page/icon.svg', import.meta.url))
const small = { name: 'icon 한글.svg', mimeType: 'image/svg+xml', buffer: image }
const large = { name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(4_500_001, 'large') }

const service = await startTestService()
after(service.stop)
const url = new URL(service.base).origin

test('shows a thousand users, with names of any script, within their cells', { skip }, async (t) => {
  const admin = await service.admin()
  const names = ['محمد', 'x'.repeat(255), '김'.repeat(255), '‮evil']
  const rows = Array.from({ length: 1000 }, (_, index) => [names[index] ?? `User ${index + 1}`, 20])
  await admin.query('INSERT INTO Users (name, age) VALUES ?', [rows])
  await admin.end()
  const page = await open(t, url)
  await page.getByText('User 99', { exact: true }).waitFor()
  await assertAccessible(page, 'users-names')
  await page.getByLabel('limit').fill('1000')
  await page.keyboard.press('Enter')
  await page.locator('tbody tr').nth(999).waitFor()
  await page.getByLabel('limit').fill('0')
  await page.keyboard.press('Enter')
  await page.getByText('must be an integer from 1 to 1000').waitFor()
})

describe('files', { skip }, () => {
  test('go through the API, and have links with the time left, pictures and an explanation', async (t) => {
    const page = await open(t, `${url}/#/api/s3/uploadFile`, {}, (blank) => blank.clock.install())
    await choose(page, 'file', [small])
    await button(page, 'Send').click()
    await page.getByText('File uploaded!').waitFor()
    await goTo(page, 'Get a link to a file')
    await page.getByLabel('filename').locator('visible=true').fill(small.name)
    await button(page, 'Send').click()
    const link = page.locator('.link')
    await link.locator('img').waitFor()
    assert.equal(await page.evaluate('document.querySelector(".link img").decode().then(() => "an image")'), 'an image')
    assert.match(await textOf(link.getByRole('timer')), /^(01:00:00|00:59:\d\d)$/)
    await assertAccessible(page, 'files-link')
    const response = await fetch(await copied(page, link, 'Copy link'))
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), image)
    await button(link, 'Explain').click()
    await page.getByText('No problems found').waitFor()
    assert.match(await textOf(page.locator('.facts:visible')), /icon 한글\.svg/)
    assert.ok(page.url().endsWith('/#/presign'), 'a presigned URL stays in the history')
    await assertAccessible(page, 'presign-good')
    await page.goBack()
    await page.clock.fastForward('01:01:00')
    await link.getByText('expired').waitFor()
  })

  test('go straight to the store if large', async (t) => {
    const page = await open(t, `${url}/#/api/s3/startUpload`)
    await choose(page, 'file', [large])
    await button(page, 'Send').click()
    await page.locator('.answer').nth(1).waitFor()
    await assertAccessible(page, 'files-direct')
    const response = await fetch((await call(`${service.base}/s3?filename=${large.name}`)).body.url)
    assert.equal(response.headers.get('content-type'), large.mimeType)
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), large.buffer)
  })
})

test('explains an upload form, and the fault of a link', { skip }, async (t) => {
  const { url: link } = (await call(`${service.base}/s3?filename=a%20b.txt`)).body
  const form = (await call(`${service.base}/s3/uploads`, { method: 'POST', json: { filename: 'x', size: 5 } })).body
  const page = await open(t, `${url}/#/presign`)
  const input = page.getByLabel('Presigned URL')
  await input.fill(`${link}&utm_source=mail`)
  await page.getByText('Added after it was signed: utm_source.').waitFor()
  const spoken = page.locator('[aria-live], [role=status]').filter({ has: page.getByRole('timer') })
  assert.equal(await spoken.count(), 0)
  await assertAccessible(page, 'presign-bad')
  await input.fill(JSON.stringify(form))
  await page.getByText('size from 5 to 5 bytes').waitFor()
  await assertAccessible(page, 'presign-form')
})

test('shows requests at once, newest first, with logs and answers', { skip }, async (t) => {
  const page = await open(t, `${url}/#/requests`)
  const rows = page.locator('tbody tr:visible')
  await rows.filter({ hasText: 'cold' }).first().getByRole('button').click()
  const detail = page.getByRole('article', { name: /default/ })
  await detail.getByText('Cold start', { exact: true }).waitFor()
  await call(`${service.base}/rds`, { method: 'POST', json: { name: "O'Neill 김", age: 40 } })
  await call(`${service.base}/rds?limit=0`)
  await call(`${service.base}/none`)
  await rows.first().filter({ hasText: '/none' }).waitFor()
  assert.match(await textOf(rows.nth(0)), /GET \/default\/none\s*403.* msgateway/)
  assert.match(await textOf(rows.nth(1)), /GET \/default\/rds\?limit=0\s*422/)
  assert.match(await textOf(rows.nth(2)), /POST \/default\/rds\s*200.* msrds-[0-9a-f]{12}/)
  await rows.nth(1).getByRole('button').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await detail.getByText('User created successfully!').waitFor()
  assert.match(await textOf(detail), /200 POST \/default\/rds.*"message": "POST \/rds 200".*"httpMethod": "POST"/s)
  await assertAccessible(page, 'requests')
  assert.match(await copied(page, detail, 'Copy as curl'), /^curl \S+\/rds .* --data-raw .*O'\\''Neill 김/)
  await button(detail, 'Replay').click()
  await says(page, 'Sent again')
  await rows.first().filter({ hasText: 'POST /default/rds' }).waitFor()
  await page.setViewportSize({ width: 360, height: 740 })
  await button(detail, 'Back to the list').click()
  await page.locator('tr:has(:focus)', { hasText: 'POST /default/rds' }).waitFor()
})
