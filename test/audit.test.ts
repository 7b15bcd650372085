/** `make audit`, with stand-ins for npm's registry and for the scanners. */
import assert from 'node:assert/strict'
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ROOT, run } from '../tools/process/command.ts'
import { serve } from './helpers/server.ts'

async function audit(t: TestContext, registryStatus: number, scannerStatus: number, passed = 9): Promise<string> {
  const npm_config_registry = await serve(t, (request, response) => {
    request.resume()
    response.writeHead(request.method === 'POST' ? registryStatus : 404).end('{}')
  })
  await using folder = await mkdtempDisposable(join(tmpdir(), 'scanners-'))
  const scanner = `#!/bin/sh\necho "$@"; grep -r required_version dist/; echo 'Passed checks: ${passed}'; exit ${scannerStatus}\n`
  for (const name of ['checkov', 'hadolint', 'zizmor'])
    await writeFile(join(folder.path, name), scanner, { mode: 0o755 })
  const env = { PATH: `${folder.path}:${process.env.PATH}`, npm_config_registry, npm_config_fetch_retries: '0' }
  return await run('make', ['--assume-old=node_modules/.installed', 'audit'], { env: { ...env, STATE_BUCKET: 'mine' } })
}

test('passes without a known vulnerability, and writes a bill of materials of the images', async (t) => {
  const output = await audit(t, 200, 0)
  assert.match(output, /found 0 vulnerabilities.*^--directory dist\/terraform$.*^Dockerfile_\w+/ms)
  // checkov skips stacks with required_version, such as those with their state in S3.
  assert.doesNotMatch(output, /required_version/)
  const file = /^Bill of materials: (.*)$/m.exec(output)?.[1] ?? ''
  const { bomFormat, components } = JSON.parse(await readFile(join(ROOT, file), 'utf8'))
  assert.equal(bomFormat, 'CycloneDX')
  const names = new Set(components.map(({ name }: { name: string }) => name))
  assert.deepEqual([names.has('@middy/core'), names.has('cdktf')], [true, false])
})

test('fails when the registry cannot be reached', async (t) => {
  await assert.rejects(audit(t, 405, 0), /405 Method Not Allowed/)
})

test('fails on a finding of a scanner, and on an empty scan', async (t) => {
  await assert.rejects(audit(t, 200, 1), /make --assume-old=.* audit failed/)
  await assert.rejects(audit(t, 200, 0, 0), /make --assume-old=.* audit failed/)
})
