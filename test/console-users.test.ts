/** Users in the console, in a real browser. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertAccessible } from './helpers/browser.ts'
import { button, create, focused, open, removeAll, says, service, skip, textOf, users } from './helpers/console.ts'
import { call } from './users-and-files/helpers/service.ts'

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
    await admin.query('INSERT INTO Users (name, age) VALUES ?', [
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

    await page.getByLabel('Users per page').selectOption('1000')
    await rows.nth(999).waitFor()
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
