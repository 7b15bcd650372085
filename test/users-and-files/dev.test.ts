import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable, readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { freePort } from '../../tools/process/port.ts'
import { gone } from '../../tools/process/process.ts'
import { checkout, childrenOf, Dev, edit, eventually, paste, startDev } from '../helpers/dev.ts'
import { call } from './helpers/service.ts'

/** Whether localhost has an IPv6 address here. */
const ipv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

let folder = ''
let remove: () => void
let port = 0
let base = ''
let dev: Dev
let keptId = 0

const start = () => startDev(folder, { PORT: String(port) })
const create = (name: string) => call(`${base}/rds`, { method: 'POST', json: { name, age: 1 } })
/** Whether the user that the crash test creates is still there. */
const kept = async () => (await call(`${base}/rds/${keptId}`)).body.user?.name === 'kept'

before(async () => {
  ;({ folder, remove } = checkout())
  port = await freePort()
  dev = await start()
  base = dev.base
})
after(async () => {
  await dev.ends('SIGTERM')
  remove()
})

describe('make dev', () => {
  test('answers the README’s examples as shown', async () => {
    const examples = [...(await readFile(join(folder, 'README.md'), 'utf8')).matchAll(/^\$ (curl .*)\n(\{.*\})$/gm)]
    assert.equal(examples.length, 5)
    // Removes values that differ by machine and by version of the README.
    const plain = (text: string) => text.replaceAll(/(?<="(?:requestId|etag|url|size)":)(?:"[^"]*"|\d+)/g, '')
    for (const [, line = '', said = ''] of examples) {
      const answer = await paste(line.replaceAll('localhost:3000', `localhost:${port}`), folder)
      assert.equal(plain(answer), plain(said), line)
    }
  })

  test('prints working commands for each API', async () => {
    const lines = [...dev.output.matchAll(/^ {2}(curl .*)$/gm)].map(([, line = '']) => line)
    assert.equal(lines.length, 4)
    for (const line of lines) assert.match(await paste(line, folder), /^\{"(message|users|url)":/, line)
  })

  test('serves every resource, and the console on both addresses of localhost', async () => {
    assert.doesNotMatch(dev.output, /not served locally/)
    assert.match(dev.output, new RegExp(`^  http://localhost:${port}/  the console`, 'm'))
    for (const host of ['localhost', '127.0.0.1', ...(ipv6 ? ['[::1]'] : [])])
      assert.match(await (await fetch(`http://${host}:${port}/`)).text(), /<title>Console<\/title>/)
  })

  test('refuses a taken or invalid port, and a second start, in one line', async () => {
    // The port may be taken on one address only.
    await using other = createServer().listen(0, ipv6 ? '::1' : '127.0.0.1')
    await once(other, 'listening')
    const { port: taken } = other.address() as AddressInfo
    const refused: [env: Record<string, string>, line: string][] = [
      [{ PORT: String(taken) }, `port ${taken} is in use.*: stop it, or .* PORT=${taken + 1} make dev`],
      [{ PORT: String(await freePort()) }, `it already runs here \\(process ${dev.child.pid}\\): .*`],
      [{ PORT: 'x' }, 'PORT must be a number from 1 to 65535'],
      [{ SETTINGS: '{' }, '.*JSON.*'],
      [{ PORT: String(await freePort()), INSPECT: '70000' }, 'INSPECT must be a number from 1 to 65535'],
    ]
    for (const [env, line] of refused) {
      const refusing = new Dev(folder, env)
      assert.equal(await refusing.ends(), 1)
      assert.match(refusing.output, new RegExp(`^dev: ${line}\n$`))
    }
  })

  test('reloads changed sources, and keeps the last good version through an error', async () => {
    const message = async (text: string) => eventually(async () => (await create('reload')).body.message === text)
    const file = 'functions/rds/handler.ts'
    const from = dev.output.length
    const mend = await edit(folder, file, /$/, '\nconst = 1\n')
    await dev.prints(/^dev: functions\/rds\/handler\.ts:\d+:\d+: .+$/m, from)
    assert.equal((await create('still')).status, 200)
    await mend()
    await edit(folder, file, 'User created successfully!', 'Mended!')
    await message('Mended!')
    assert.match(dev.output.slice(from), /dev: reloaded rds/)
  })

  test('applies changed Terraform', async () => {
    await edit(folder, 'terraform/main.ts', /^/, "process.env.URL_EXPIRES_IN = '1800'\n")
    await eventually(async () => (await call(`${base}/s3?filename=a`)).body.expiresIn === 1800)
  })

  test('recovers from crashes of the database and all execution environments, with all data', async () => {
    keptId = (await create('kept')).body.user.id
    const from = dev.output.length
    for (const child of childrenOf(dev.child.pid)) process.kill(child, 'SIGKILL')
    await eventually(async () => (await call(`${base}/rds`)).status === 200)
    assert.match(dev.output.slice(from), /dev: the database ended \(SIGKILL\); restarting it/)
    assert.ok(await kept())
    assert.equal((await call(`${base}/s3?filename=a`)).status, 200)
  })

  const ends: Record<string, () => unknown> = {
    'it is stopped': () => dev.child.kill('SIGINT'),
    'nobody reads what it prints, as in `make dev | head`': () => dev.child.stdout?.destroy(),
    'it is killed': () => dev.child.kill('SIGKILL'),
  }
  for (const [name, end] of Object.entries(ends))
    test(`leaves no process when ${name}, restarts, and keeps all data`, async () => {
      const children = childrenOf(dev.child.pid)
      assert.ok(children.length >= 2)
      end()
      // Makes it print a line; the end may cut the connection.
      await call(`${base}/rds`).catch(() => undefined)
      assert.equal(await dev.ends(), name === 'it is killed' ? null : 0)
      dev = await start()
      assert.ok(await kept())
      for (const child of children) assert.ok(await gone(child, 30_000))
    })
})

test('reports an unreachable DB_HOST in one line', async () => {
  const [PORT, DB_PORT] = [String(await freePort()), String(await freePort())]
  const other = new Dev(folder, { PORT, DB_HOST: '127.0.0.1', DB_PORT, LOCAL_DATA: join(folder, '.local/other') })
  assert.equal(await other.ends(), 1)
  assert.match(
    other.output,
    /^dev: rds-migrate failed: .*ECONNREFUSED.* your DB_HOST, DB_PORT: .* DB_HOST= DB_PORT= make dev\n$/,
  )
})

test('refuses a checkout path with a colon', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'a:b-'))
  const makefile = join(import.meta.dirname, '../../Makefile')
  const { status, stderr } = spawnSync('make', ['-f', makefile, 'dev'], { cwd: folder.path, encoding: 'utf8' })
  assert.equal(status, 2)
  assert.match(stderr, /has a colon or a backslash: .*a:b-\w+\. Move it/)
})
