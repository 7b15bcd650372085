/** docs/make-it-yours.md, followed: each section's diffs are applied to a copy of the checkout, while `make dev` runs there. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { TerraformJson } from '../tools/local/wiring/terraform.ts'
import { freePort } from '../tools/process/port.ts'
import { applyDiff, copyOfCheckout, filesOf, ROOT, type Section, sections } from './helpers/checkout.ts'
import { Dev, eventually, paste, plain } from './helpers/dev.ts'
import { call } from './users-and-files/helpers/service.ts'

let folder = ''
let remove: () => void
let port = 0
let base = ''
let dev: Dev | undefined
before(async () => {
  ;({ folder, remove } = copyOfCheckout())
  port = await freePort()
  base = `http://localhost:${port}/default`
  await start()
  // Who was there before, and stays as she is.
  await call(`${base}/rds`, { method: 'POST', json: { name: 'Ada', age: 36 } })
})
after(async () => {
  await dev?.ends('SIGTERM')
  remove()
})

async function start(): Promise<void> {
  dev = new Dev(folder, { PORT: String(port) })
  await dev.prints(/Ctrl-C stops it/)
}
const read = (file: string) => readFileSync(resolve(folder, file), 'utf8')

/** Runs a script of the copy. @throws Error with what it printed. */
async function run(...args: readonly string[]): Promise<void> {
  const options = { cwd: folder, env: plain(), maxBuffer: 2 ** 26 }
  await promisify(execFile)(process.execPath, args, options).catch((error) => {
    throw new Error(`${args.join(' ')} failed:\n${error.stdout}${error.stderr}`)
  })
}

/** Milliseconds, on a busy machine. */
const PATIENCE = 30_000

/** Until `make dev` runs all that a section has changed; nothing that is asked meanwhile creates a user. */
const runs: Readonly<Record<string, () => Promise<unknown>>> = {
  async 'A field'() {
    await dev?.prints(/^dev: rds-migrate applied add Users\.email$/m)
    const wrong = { method: 'POST', json: { email: '' } }
    await eventually(async () => / email must be /.test((await call(`${base}/rds`, wrong)).body.message), PATIENCE)
    await eventually(async () => !('email' in ((await call(`${base}/rds/1`)).body.user ?? { email: null })), PATIENCE)
  },
  'A route': () => eventually(async () => (await call(`${base}/rds/count`)).status === 200, PATIENCE),
  async 'A function'() {
    await dev?.prints(/^dev: time is a new image: Ctrl-C, /m)
    assert.equal((await call(`${base}/rds`)).status, 200)
    assert.equal(await dev?.ends('SIGINT'), 0)
    await start()
  },
}

/** Without what is never the same twice: of a time, its form and its zone are. */
const lasting = (text: string) =>
  JSON.parse(text, (key, value) => {
    if (key === 'time') return String(value).replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, 'date and time')
    return key === 'requestId' ? typeof value : value
  })

async function apply({ heading, diffs, examples }: Section): Promise<void> {
  for (const diff of diffs) applyDiff(folder, diff)
  await runs[heading]?.()
  for (const { command, answer } of examples) {
    const answered = await paste(command.replace('localhost:3000', `localhost:${port}`), folder)
    assert.deepEqual(lasting(answered), lasting(answer), `${command}\n${answered}`)
  }
}

const all = sections()

test('the document has a field, a route and a function, each with what is answered then', () => {
  assert.deepEqual(
    all.map(({ heading }) => heading),
    Object.keys(runs),
  )
  for (const { heading, examples } of all) assert.ok(examples.length > 0, heading)
})

for (const section of all) {
  describe(section.heading, () => {
    test('fits the checkout without the others', () => applyDiff(ROOT, section.diffs.join(''), '--check'))
    test('is there at once, and answers as the document says', () => apply(section))
  })
}

describe('with all of it', () => {
  // What `make check` does; what is derived has to be made before.
  test('types and lint pass, and so do the tests that it changes', async () => {
    await run('tools/docs/docs.ts')
    const tests = all.flatMap(({ diffs }) => diffs.flatMap(filesOf)).filter((file) => file.endsWith('.test.ts'))
    assert.ok(tests.length > 0)
    await run('node_modules/.bin/biome', 'check', '.')
    await run('node_modules/.bin/tsc')
    await run('node_modules/.bin/tsc', '-p', 'tools/console/page')
    await run('--test', ...new Set(tests))
  })

  test('the description has what is new', () => {
    const { paths, components } = JSON.parse(read('docs/openapi/rds.json'))
    assert.ok(paths['/rds/count'].get && JSON.parse(read('docs/openapi/time.json')).paths['/time'].get)
    assert.deepEqual(components.schemas.NewUser.required, ['name', 'age'])
    assert.equal(components.schemas.NewUser.properties.email.type, 'string')
  })

  test('a user who came before has no e-mail address, and can be given one', async () => {
    const ada = { name: 'Ada', age: 36, email: 'ada@example.com' }
    assert.deepEqual((await call(`${base}/rds/1`)).body, { user: { id: 1, name: 'Ada', age: 36 } })
    await call(`${base}/rds/1`, { method: 'PUT', json: ada })
    assert.deepEqual((await call(`${base}/rds/1`)).body, { user: { id: 1, ...ada } })
  })

  test('Terraform has the third function, its image and its API', () => {
    const json = JSON.parse(read('.local/terraform/stacks/service/cdk.tf.json'))
    const terraform = new TerraformJson(json)
    const [fn, api] = [
      terraform.all('aws_lambda_function').find(({ block }) => block.function_name === 'time'),
      terraform.all('aws_api_gateway_rest_api').find(({ block }) => block.name === 'time'),
    ]
    assert.ok(fn && api)
    assert.equal(terraform.follow(fn, 'image_uri').block.image_tag, 'time')
    const resources = terraform.all('aws_api_gateway_resource')
    const own = resources.filter((each) => terraform.follow(each, 'rest_api_id') === api)
    assert.deepEqual(
      own.map(({ block }) => block.path_part),
      ['time'],
    )
    assert.match(json.output.api_urls.value.time, /^\$\{aws_api_gateway_stage\.time-api_/)
  })

  test('its image is built as that of users is, from a bundle that builds', async () => {
    const users = read('Dockerfile_rds')
      .replaceAll('rds', 'time')
      .replace(/^#.*\nENV .*\n/m, '')
    assert.equal(read('Dockerfile_time'), users)
    await run('tools/build/build.ts', 'time', 'dist/time')
    assert.ok(existsSync(join(folder, 'dist/time/index.js')))
  })
})
