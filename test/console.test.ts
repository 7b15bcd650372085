/** The console as a page, in a real browser: on a phone, in two languages, by keyboard alone. */
import assert from 'node:assert/strict'
import { globSync, statSync } from 'node:fs'
import { describe, test } from 'node:test'
import { assertAccessible } from './helpers/browser.ts'
import { button, create, focused, open, removeAll, says, skip, url } from './helpers/console.ts'

/** Bytes of all that the page loads, its data not counted. */
const BUDGET = 170_000

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
    const bytes = globSync('tools/console/page/**/*.{html,css,js,svg}', { cwd: new URL('..', import.meta.url) }).map(
      (file) => statSync(new URL(`../${file}`, import.meta.url)).size,
    )
    const sum = bytes.reduce((total, size) => total + size)
    t.diagnostic(`${bytes.length} files, ${sum} bytes`)
    assert.ok(sum <= BUDGET, `${sum} bytes`)
  })
})
