import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { CommandError, run } from './command.ts'
import { commandOf } from './process.ts'

test('names a missing command', async () => {
  await assert.rejects(run('no-such-command', ['x']), { message: 'no-such-command is not installed, or not in PATH' })
})

test('reports the end of the output of a failed command, and keeps all of it', async () => {
  const lines: string[] = []
  const options = { input: 'first\n', onLine: (line: string) => lines.push(line) }
  const failed = run('sh', ['-c', '(cat; seq 21) >&2; exit 3'], options)
  const error = await failed.then(String, (error: CommandError) => error)
  assert.ok(error instanceof CommandError)
  assert.match(error.message, /^sh -c \(cat; .* failed:\n2\n(.*\n)+21$/)
  assert.deepEqual([error.output.split('\n').length, lines.length], [22, 22])
})

const skip = process.platform !== 'linux'
test('ends with this process, also when that is killed', { skip }, async () => {
  const program = `import { run } from ${JSON.stringify(import.meta.resolve('./command.ts'))}
    await run('sh', ['-c', 'echo $$; exec sleep 1000'], { onLine: console.log })`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [pid] = await parent.stdout.take(1).toArray()
  assert.match(commandOf(Number(pid)) ?? '', /sleep/)
  parent.kill('SIGKILL')
  while (commandOf(Number(pid)) !== undefined) await setTimeout(5)
})
