/** Replaces users and files by another API, as in docs/make-it-yours.md: every tool follows. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ROOT } from '../../tools/process/command.ts'
import { open, skip } from '../helpers/browser.ts'
import { stateIn } from '../helpers/cloud.ts'
import { button, choose, goTo } from '../helpers/console.ts'
import { cannotDeploy, createDeployment } from '../helpers/deployment.ts'
import { checkout, type Dev, edit, eventually, runScript, startDev } from '../helpers/dev.ts'

const document = readFileSync(join(ROOT, 'docs/make-it-yours.md'), 'utf8')
const [, removed = ''] = /^git rm -rfq --ignore-unmatch (.*)$/m.exec(document) ?? []

/** Replaces users and files by notes. */
function replace(folder: string): void {
  for (const path of removed.split(' ')) {
    assert.ok(existsSync(join(folder, path)), path)
    rmSync(join(folder, path), { recursive: true })
  }
  cpSync(join(ROOT, 'test/fixtures/notes'), folder, { recursive: true })
}

describe('notes instead of users and files', () => {
  let folder = ''
  let remove: () => void
  let dev: Dev
  before(async () => {
    ;({ folder, remove } = checkout())
    replace(folder)
    await runScript(folder, 'tools/docs/docs.ts')
  })
  after(async () => {
    await dev.ends('SIGTERM')
    remove()
  })

  test('make docs describes only notes; lint and types pass', async () => {
    assert.deepEqual(readdirSync(join(folder, 'docs/openapi')), ['notes.json'])
    assert.match(readFileSync(join(folder, 'docs/settings.md'), 'utf8'), /`MEMORY_NOTES`/)
    await runScript(folder, 'node_modules/.bin/biome', 'check', '.')
    await runScript(folder, 'node_modules/.bin/tsc')
  })

  test('its tests pass, with those of Terraform, its readers, the documents and test/', async () => {
    const find = (pattern: string) =>
      globSync(pattern, { cwd: folder, exclude: ['test/{console*,clients,install}.test.ts'] })
    await runScript(
      folder,
      '--test',
      ...find('{functions/notes,test,tools/docs,tools/deploy/apis,tools/local/wiring}/*.test.ts'),
    )
    // In one process: loading cdktf takes longer than the tests.
    await runScript(folder, '--test', '--test-isolation=none', ...find('terraform/**/*.test.ts'))
  })

  test('make dev serves it without a database, and its smoke test passes', async () => {
    dev = await startDev(folder)
    const smokeTest = `import { smokeTest } from './tools/deploy/apis/smoke-test.ts'
      const apis = { urls: { notes: '${dev.base}' } }
      await smokeTest({ API_SECURITY: 'open', AWS_REGION: 'eu-west-1' }, apis, { progress() {}, note() {} })`
    await runScript(folder, '--input-type=module', '--eval', smokeTest)
    assert.ok(!existsSync(join(folder, '.local/database')))
    assert.doesNotMatch(dev.output, /database|\/rds|\/s3\b/)
  })

  test('the page adds notes with a file and a new field, pages and deletes', { skip }, async (t) => {
    const post = (note: object) => {
      const headers = { 'content-type': 'application/json' }
      return fetch(`${dev.base}/notes`, { method: 'POST', headers, body: JSON.stringify(note) })
    }
    const page = await open(t, new URL(dev.base).origin)
    const cell = (name: string | RegExp) => page.getByRole('cell', { name })
    const dialog = page.getByRole('dialog')
    await button(page, 'Add').click()
    await dialog.getByLabel('text').fill('Milk')
    const api = 'functions/notes/api.ts'
    await edit(folder, api, 'v.object({ text }, ', 'v.object({ text, place: v.optional(text) }, ')
    await edit(folder, api, 'v.object({ id, text, ', 'v.object({ id, text, place: v.optional(text), ')
    await eventually(async () => /"place"/.test(await (await post({ text: '', place: '' })).text()))
    await dialog.getByLabel('place').fill('Home')
    await button(dialog, 'Add').click()
    for (const each of ['Milk', 'Home']) await cell(each).waitFor()

    const { note } = (await (await post({ text: 'Bread' })).json()) as { note: { id: string } }
    await goTo(page, 'Attach a file to a note')
    await page.getByLabel('id', { exact: true }).locator('visible=true').fill(note.id)
    await choose(page, 'file', [{ name: 'bread.bin', mimeType: 'text/plain', buffer: Buffer.from('x') }])
    await button(page, 'Send').click()
    await page.getByText('"bread.bin"').waitFor()

    await goTo(page, 'List notes')
    await page.getByLabel('limit').fill('1')
    await page.keyboard.press('Enter')
    await cell(/^Bread$/).waitFor({ state: 'detached' })
    await button(page, 'Next').click()
    await cell('bread.bin').waitFor()
    assert.equal(await cell('Milk').count(), 0)
    await button(page, `Delete ${note.id}`).click()
    await button(page.getByRole('alertdialog'), 'Delete').click()
    await page.getByText('Nothing here yet').waitFor()
    await button(page, 'Previous').click()
    await cell('Milk').waitFor()
  })

  test('make dev starts no S3 server without a bucket', async () => {
    await dev.ends('SIGTERM')
    rmSync(join(folder, '.local/store'), { recursive: true })
    await edit(folder, 'terraform/service.ts', /^ {2}const bucket .*?\n\n/ms, '')
    await edit(folder, 'terraform/service.ts', 'bucket.name', "'none'")
    dev = await startDev(folder)
    assert.equal((await fetch(`${dev.base}/notes?limit=0`)).status, 422)
    assert.ok(!existsSync(join(folder, '.local/store')))
  })
})

test('merges a later version of the project, which touches only tools/', async (t) => {
  const upstream = checkout()
  const folder = mkdtempSync(join(tmpdir(), 'later-'))
  t.after(() => [upstream.remove(), rmSync(folder, { recursive: true })])
  const git = (cwd: string, ...args: readonly string[]) =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { cwd, encoding: 'utf8' })
  const commit = (cwd: string) => git(cwd, 'add', '--all') && git(cwd, 'commit', '--quiet', '--message', 'change')
  git(upstream.folder, 'init', '--quiet', '--initial-branch', 'main')
  commit(upstream.folder)
  git(folder, 'clone', '--quiet', '--origin', 'upstream', upstream.folder, '.')
  replace(folder)
  commit(folder)

  const later = ['tools/local/dev.ts', 'functions/rds/users.ts', 'test/users-and-files/service.test.ts']
  for (const file of later) appendFileSync(join(upstream.folder, file), '// later\n')
  commit(upstream.folder)
  git(folder, 'fetch', '--quiet', 'upstream')
  assert.match(git(folder, 'merge', 'upstream/main').stdout, /CONFLICT \(modify\/delete\): functions\/rds\/users\.ts/)
  git(folder, 'rm', '-rfq', '--ignore-unmatch', ...removed.split(' '))
  assert.equal(git(folder, 'commit', '--quiet', '--message', 'merge').status, 0)
  assert.equal(git(folder, 'diff', '--name-only', 'HEAD~1').stdout, 'tools/local/dev.ts\n')
})

test('make deploy deploys notes, and its smoke test passes', { skip: await cannotDeploy() }, async (t) => {
  const deployment = await createDeployment(replace)
  t.after(() => deployment.stop())
  const { ended } = deployment.start('deploy')
  const deployed = async () => 'api_urls' in (await stateIn(deployment.folder)).outputs
  // New URLs resolve late, as in AWS: the smoke test waits.
  await Promise.race([ended, eventually(deployed, 5 * 60_000)])
  await deployment.cloud.serve()
  const { status, output } = await ended
  assert.equal(status, 0, output)
  assert.match(output, /✔ smoke test .*a note is added with a file, and deleted/)
})
