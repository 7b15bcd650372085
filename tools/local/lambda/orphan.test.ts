import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { commandOf } from '../../process/process.ts'

test('environments, busy or idle, do not outlive a parent that is killed', async () => {
  const program = `
    import { LambdaFunction } from ${JSON.stringify(path.join(import.meta.dirname, 'function.ts'))}
    const wiring = { name: 'fn', memorySize: 256, timeout: 60 }
    const code = { type: 'bundle', taskRoot: ${JSON.stringify(path.join(import.meta.dirname, 'fixtures'))} }
    const start = (handler) =>
      new LambdaFunction({ wiring: { ...wiring, handler }, code, environment: {}, log() {} })
    const [idle, busy] = [start('behaviours.wait'), start('behaviours.wait')]
    const pids = await Promise.all([idle, busy].map((lambda) => lambda.invoke({ milliseconds: 0 })))
    busy.invoke({ milliseconds: 60_000 })
    console.log(JSON.stringify(pids.map(({ payload }) => JSON.parse(payload))))
  `
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await parent.stdout.take(1).toArray()
  const pids: number[] = JSON.parse(String(line))
  assert.equal(pids.length, 2)
  parent.kill('SIGKILL')
  for (const pid of pids) while (commandOf(pid) !== undefined) await delay(5)
})
