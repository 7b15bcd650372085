import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

/** Node.js flags of Lambda's base image for a function with 512 MB. */
const FLAGS = ['--expose-gc', '--max-http-header-size=81920', '--max-semi-space-size=25', '--max-old-space-size=461']

const OWN_FLAGS = ['--single-threaded-gc', '--no-concurrent-recompilation']

const PRINT = `
  const { heap_size_limit } = require('node:v8').getHeapStatistics()
  console.log(JSON.stringify({ gc: typeof gc, flags: process.execArgv, rest: process.argv.slice(1), megabytes: heap_size_limit / 2 ** 20, pid: process.pid }))`

/** Starts Node.js as Lambda does. @returns its flags, arguments and heap limit. */
async function start(options: string, ...rest: readonly string[]) {
  const child = spawn(
    'sh',
    [join(import.meta.dirname, 'start-node'), process.execPath, ...FLAGS, '-e', PRINT, '--', ...rest],
    {
      env: { NODE_OPTIONS: options },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const { pid, ...said } = JSON.parse(await text(child.stdout))
  assert.equal(pid, child.pid, 'signals for the runtime reach Node.js')
  return said as { gc: string; flags: string[]; rest: string[]; megabytes: number }
}

test("Node.js starts with Lambda's flags, except those that slow a cold start or override the image's options", async () => {
  const limited = await start('--max-old-space-size=100 --max-semi-space-size=2')
  assert.equal(limited.gc, 'undefined')
  assert.deepEqual(limited.flags.slice(0, 3), [...OWN_FLAGS, '--max-http-header-size=81920'])
  assert.ok(limited.megabytes < 120, `NODE_OPTIONS set a limit of 100 MB, and it is ${limited.megabytes}`)
})

test('passes arguments after the flags unchanged', async () => {
  const rest = ['index.handler', '', 'two words', '"$HOME" *', "it's", '--max-old-space-size', '-x']
  assert.deepEqual((await start('', ...rest)).rest, rest)
})
