import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempDisposable, readFile, realpath, writeFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { api } from '../../test/helpers/gateway.ts'
import { freePort } from '../process/port.ts'
import { debuggable } from './debugging.ts'
import { Service } from './service.ts'
import type { FunctionWiring } from './wiring/functions.ts'

const SOURCE = `export const handler = async (event: object): Promise<object> => {
  const answer: string = 'held'
  return { statusCode: 200, body: answer }
}
`
const LINE = 3

/** A wiring that has one function, which may take a tenth of a second. */
const wiring = {
  functions: [
    { name: 'fn', code: { image: 'fn' }, handler: 'index.handler', memorySize: 256, timeout: 0.1, environment: {} },
  ],
  apis: [api(['GET /notes'])],
  ...{ migrations: [], databases: [], buckets: {}, secrets: {}, given: {}, unserved: [] },
}

// biome-ignore lint/suspicious/noExplicitAny: each method of the protocol has parameters and results of its own
type Json = any
type Message = { readonly id?: number; readonly method?: string; readonly params?: Json; readonly result?: Json }

/** A debugger that speaks the Chrome DevTools Protocol, as editors do. */
async function attach(port: number) {
  const targets = async () =>
    (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[]
  let found: Awaited<ReturnType<typeof targets>> | undefined
  while (!found) found = await targets().catch(() => delay(20, undefined))
  const socket = new WebSocket(found[0]?.webSocketDebuggerUrl ?? '')
  await once(socket, 'open')
  const messages: Message[] = []
  let wake = () => {}
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(String(data)))
    wake()
  })
  const message = async (wanted: (each: Message) => boolean): Promise<Message> => {
    for (;;) {
      const index = messages.findIndex(wanted)
      if (index >= 0) return messages.splice(index, 1)[0] ?? {}
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  let id = 0
  const send = async (method: string, params: object = {}) => {
    id += 1
    socket.send(JSON.stringify({ id, method, params }))
    const sent = id
    return (await message((each) => each.id === sent)).result
  }
  return {
    send,
    event: async (method: string, wanted = (_: Json) => true) =>
      (await message((each) => each.method === method && wanted(each.params))).params,
    closed: once(socket, 'close'),
  }
}

test('a breakpoint in the source holds an invocation as long as it likes, also after a reload', {
  timeout: 60_000,
}, async (context) => {
  await using folder = await mkdtempDisposable(join(await realpath(tmpdir()), 'debugging-'))
  const source = join(folder.path, 'handler.ts')
  await writeFile(source, SOURCE)
  const outfile = join(folder.path, 'bundle', 'index.js')
  const maps = { sourcemap: 'linked', sourcesContent: false } as const
  await esbuild.build({ entryPoints: [source], outfile, platform: 'node', format: 'cjs', ...maps })
  const first = await freePort()
  const service = new Service({
    wiring: debuggable(wiring, first),
    code: () => ({ type: 'bundle', taskRoot: dirname(outfile) }),
    stack: '',
    log: () => {},
    keys: { apiKey: 'key', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
  })
  context.after(() => service.stop())
  const port = await service.listen(0)

  /** Sets the breakpoint as an editor does: by the source map that the script names. */
  async function holdOnce() {
    // Before any invocation there is something to attach to.
    const client = await attach(first)
    await client.send('Debugger.enable')
    const { url, sourceMapURL } = await client.event('Debugger.scriptParsed', ({ url }) =>
      url.endsWith('/bundle/index.js'),
    )
    const map = new SourceMap(JSON.parse(await readFile(resolve(dirname(fileURLToPath(url)), sourceMapURL), 'utf8')))
    const lines = (await readFile(fileURLToPath(url), 'utf8')).split('\n')
    const lineNumber = lines.findIndex((text) => text.includes('statusCode: 200'))
    const origin = map.findEntry(lineNumber, lines[lineNumber]?.indexOf('return') ?? 0)
    assert.ok('originalSource' in origin)
    assert.deepEqual([resolve(dirname(outfile), origin.originalSource), origin.originalLine + 1], [source, LINE])
    await client.send('Debugger.setBreakpointByUrl', { url, lineNumber })
    const answered = fetch(`http://localhost:${port}/default/notes`)
    const { callFrames } = await client.event('Debugger.paused')
    // More than the function may take.
    await delay(300)
    const { callFrameId } = callFrames[0]
    const { result } = await client.send('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'answer' })
    assert.equal(result.value, 'held')
    await client.send('Debugger.resume')
    const response = await answered
    assert.deepEqual([response.status, await response.text()], [200, 'held'])
    return client
  }

  const { closed } = await holdOnce()
  service.reload('fn')
  await closed
  await holdOnce()
})

test('each function has a port of its own, but for those that only migrate', () => {
  const functions = ['a', 'prepare', 'b'].map((name) => ({ ...wiring.functions[0], name }) as FunctionWiring)
  const all = debuggable({ ...wiring, functions, migrations: ['prepare'] }, 9229).functions
  assert.deepEqual(
    all.map(({ inspectorPort }) => inspectorPort),
    [9229, undefined, 9230],
  )
})
