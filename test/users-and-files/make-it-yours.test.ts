/** Applies each diff of docs/make-it-yours.md to a copy of the checkout, where `make dev` runs. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, describe, test } from 'node:test'
import { TerraformJson } from '../../tools/local/wiring/terraform.ts'
import { ROOT } from '../../tools/process/command.ts'
import { checkout, edit, eventually, paste, runScript, startDev } from '../helpers/dev.ts'
import { call } from './helpers/service.ts'

const document = readFileSync(join(ROOT, 'docs/make-it-yours.md'), 'utf8')
const section = (heading: string) => document.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''

const { folder, remove } = checkout()
let dev = await startDev(folder)
const { base } = dev
after(async () => {
  await dev.ends('SIGTERM')
  remove()
})
// An existing user, who must stay unchanged.
await call(`${base}/rds`, { method: 'POST', json: { name: 'Ada', age: 36 } })

const read = (file: string) => readFileSync(resolve(folder, file), 'utf8')

/** Applies the section's diff, which changes these files. @throws Error with Git's message on a conflict. */
function apply(heading: string, ...files: readonly string[]): void {
  // Keeps Git from resolving paths against a surrounding repository.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: resolve(folder, '..') }
  const [input = ''] = /(?<=^```diff\n).*?(?=^```$)/ms.exec(section(heading)) ?? []
  const changed = [...input.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, file]) => file)
  assert.deepEqual(changed, files)
  execFileSync('git', ['apply'], { cwd: folder, env, input, stdio: 'pipe' })
}

/** Runs the section's examples, and compares their answers. */
async function answers(heading: string): Promise<void> {
  const examples = [...section(heading).matchAll(/^\$ (curl .*)\n(\{.*\})$/gm)]
  assert.ok(examples.length > 0)
  for (const [, line = '', answer = ''] of examples) {
    const command = line.replace('localhost:3000', new URL(base).host)
    assert.deepEqual(JSON.parse(await paste(command, folder)), JSON.parse(answer), command)
  }
}

describe('changes the listed files, is served at once, and answers as shown', () => {
  test('an optional field, absent from existing users', async () => {
    apply('A field', 'functions/rds/api.ts', 'functions/rds/migrations.ts')
    await dev.prints(/add Users\.email/)
    const wrong = { method: 'POST', json: { email: '' } }
    await eventually(async () => / email must be /.test((await call(`${base}/rds`, wrong)).body.message))
    await answers('A field')
    assert.deepEqual((await call(`${base}/rds/1`)).body, { user: { id: 1, name: 'Ada', age: 36 } })
  })

  test('a required field', async () => {
    const file = 'functions/rds/api.ts'
    const [column, field] = [" VARCHAR(254)' },", '    email: v.optional(v.string()),']
    const country = `{ version: 5, name: 'add Users.country', sql: "ALTER TABLE Users ADD country CHAR(2) NOT NULL DEFAULT 'KR'" },`
    await edit(folder, 'functions/rds/migrations.ts', column, `${column}\n  ${country}`)
    const answered = await edit(folder, file, field, `    country: v.string(),\n${field}`)
    const asked = await edit(folder, file, '{ name, age,', '{ name, age, country: v.string(),')
    await dev.prints(/add Users\.country/)
    await eventually(async () => (await call(`${base}/rds/1`)).body.user?.country === 'KR')
    const { status, body } = await call(`${base}/rds`, { method: 'POST', json: { name: 'Eve', age: 1 } })
    assert.deepEqual([status, body.errors], [422, [{ path: 'country', message: 'is required' }]])
    // The other tests send no such field.
    for (const undo of [asked, answered]) await undo()
  })

  test('a route', async () => {
    apply('A route', 'functions/rds/api.ts', 'functions/rds/handler.ts')
    await eventually(async () => (await call(`${base}/rds/1/age`)).status === 200)
    await answers('A route')
  })

  test('a function with its own API, a value and a secret, after a restart', async () => {
    assert.equal(await dev.ends('SIGINT'), 0)
    apply('A value and a secret', 'functions/s3/environment.ts', 'terraform/settings/fields.ts')
    apply('A function', 'terraform/service.ts')
    for (const each of ['functions', 'Dockerfile_notes'])
      cpSync(join(ROOT, 'test/fixtures/notes', each), join(folder, each), { recursive: true })
    dev = await startDev(folder, { PORT: new URL(base).port, PARTNER: 'acme', PARTNER_KEY: 'hunter2' })
    await answers('A function')
    assert.equal((await call(`${base}/s3?filename=a`)).status, 200)
  })
})

describe('after all changes', () => {
  test('docs are generated, types and lint pass', async () => {
    await runScript(folder, 'tools/docs/docs.ts')
    await runScript(folder, 'node_modules/.bin/biome', 'check', '.')
    await runScript(folder, 'node_modules/.bin/tsc')
    const { paths, components } = JSON.parse(read('docs/openapi/rds.json'))
    assert.ok(paths['/rds/{id}/age'].get)
    assert.deepEqual(components.schemas.UserInput.required, ['name', 'age'])
    assert.ok(JSON.parse(read('docs/openapi/notes.json')).paths['/notes'].post)
    for (const name of ['PARTNER', 'PARTNER_KEY', 'MEMORY_NOTES'])
      assert.match(read('docs/settings.md'), new RegExp(`\\| \`${name}\` \\|`))
  })

  test('Terraform passes the value to the function, and requires the secret', () => {
    const json = JSON.parse(read('.local/terraform/stacks/service/cdk.tf.json'))
    const functions = new TerraformJson(json).all('aws_lambda_function')
    const environment = functions.find(({ block }) => block.function_name === 's3')?.block.environment
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
    assert.partialDeepStrictEqual(environment, { variables: { PARTNER: 'acme', PARTNER_KEY: '${var.partner_key}' } })
    assert.equal(json.variable.partner_key.sensitive, true)
    assert.ok(!JSON.stringify(json).includes('hunter2'))
    assert.deepEqual(Object.keys(json.output.api_urls.value), ['notes', 'rds', 's3'])
  })
})
