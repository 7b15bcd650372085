import assert from 'node:assert/strict'
import { on, once } from 'node:events'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { api, keys } from '../../test/helpers/gateway.ts'
import { freePort } from '../process/port.ts'
import { debuggable } from './debugging.ts'
import { createService } from './service.ts'

/** A wiring of functions with a timeout of 0.1 s; one of them migrates. */
const functions = ['prepare', 'fn', 'other'].map((name) => {
  return { name, code: { image: name }, handler: 'index.handler', memorySize: 256, timeout: 0.1, environment: {} }
})
const nothing = { databases: [], buckets: {}, secrets: {}, given: {}, unserved: [] }
const wiring = { ...nothing, functions, apis: [api(['GET /notes'])], migrations: ['prepare'] }

/** A debugger that speaks the Chrome DevTools Protocol, as editors do. */
async function attach(port: number) {
  const list = (): Promise<{ webSocketDebuggerUrl: string }[]> =>
    fetch(`http://127.0.0.1:${port}/json/list`).then(
      (answer) => answer.json() as ReturnType<typeof list>,
      () => delay(20).then(list),
    )
  const [target] = await list()
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await once(socket, 'open')
  const messages = on(socket, 'message')
  return {
    send: (method: string) => socket.send(JSON.stringify({ id: 1, method })),
    async receives(text: string) {
      while (!String((await messages.next()).value?.[0].data).includes(text));
    },
    closed: once(socket, 'close'),
  }
}

test('a breakpoint suspends the timeout, also after a reload', { timeout: 60_000 }, async (t) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'debugging-'))
  const source = "exports.handler = async () => { debugger; return { statusCode: 200, body: 'held' } }"
  await writeFile(join(folder.path, 'index.js'), source)
  const first = await freePort()
  const debugged = debuggable(wiring, first)
  const ports = debugged.functions.map(({ inspectorPort }) => inspectorPort)
  assert.deepEqual(ports, [undefined, first, first + 1])
  const code = () => ({ type: 'bundle', taskRoot: folder.path }) as const
  const service = createService({ wiring: debugged, code, keys, stack: '', log: () => {} })
  t.after(() => service.stop())
  const port = await service.listen(0)

  async function holdOnce() {
    // The debugger can attach before the first invocation.
    const client = await attach(first)
    client.send('Debugger.enable')
    await client.receives('"id":1,')
    const answered = fetch(`http://localhost:${port}/default/notes`)
    await client.receives('"Debugger.paused"')
    // Longer than the timeout.
    await delay(300)
    client.send('Debugger.resume')
    const response = await answered
    assert.deepEqual([response.status, await response.text()], [200, 'held'])
    return client
  }

  const { closed } = await holdOnce()
  service.reload('fn')
  await closed
  await holdOnce()
})
