import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../process/command.ts'

test('passes Ctrl-C to Terraform, and waits for its end', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'interrupt-'))
  const terraform = join(folder.path, 'terraform')
  const script = `#!/bin/sh\ntrap 'echo state written; exit' INT\necho at work\nwhile :; do sleep 0.05; done\n`
  await writeFile(terraform, script, { mode: 0o700 })
  const program = `
    import { spawn } from 'node:child_process'
    import { interruptTerraform } from ${JSON.stringify(import.meta.resolve('./interrupt.ts'))}
    const cli = spawn('sh', ['-c', '${terraform}; echo ended by itself'], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    const release = interruptTerraform(cli.pid)
    cli.stdout.once('data', () => process.kill(process.pid, 'SIGINT')).pipe(process.stdout)
    cli.once('close', release)`
  const output = await run(process.execPath, ['--input-type=module', '--eval', program])
  assert.equal(output, 'at work\nstate written\nended by itself')
})
