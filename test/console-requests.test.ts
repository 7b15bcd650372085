/** Requests and the description in the console, in a real browser. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { assertAccessible } from './helpers/browser.ts'
import { button, open, says, service, skip, textOf, users } from './helpers/console.ts'
import { call } from './users-and-files/helpers/service.ts'

describe('requests', { skip }, () => {
  test('of new execution environments are told as cold starts, with their lines', async (t) => {
    await call(`${service.base}/rds`)
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
    const operations = ['rds', 's3'].flatMap((name) => {
      const document = JSON.parse(readFileSync(new URL(`../docs/openapi/${name}.json`, import.meta.url), 'utf8'))
      return Object.values(document.paths as object).flatMap((item) => Object.keys(item))
    })
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
