import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { serve } from '../../test/helpers/server.ts'

interface Component {
  readonly name: string
  readonly purl: string
  readonly licenses: readonly object[]
  readonly hashes: readonly { readonly content: string }[]
}

/** `make audit`, with a registry that answers npm's question like this. */
async function audit(t: TestContext, status: number, advisories: object) {
  const registry = await serve(t, (request, response) => {
    request.resume()
    response.writeHead(request.method === 'POST' ? status : 404).end(JSON.stringify(advisories))
  })
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'audit.ts')], {
    env: { ...process.env, npm_config_registry: registry, npm_config_fetch_retries: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [exit] = await once(child, 'close')
  return { exit, output }
}

test('without a known vulnerability it says how many packages it asked about, with a bill of materials of each', async (t) => {
  const { exit, output } = await audit(t, 200, {})
  assert.equal(exit, 0, output)
  assert.match(output, /^No known vulnerability in the \d\d+ packages of the images\.$/m)
  const file = /^Bill of materials: (.*)$/m.exec(output)?.[1] ?? ''
  const { bomFormat, components } = JSON.parse(await readFile(resolve(import.meta.dirname, '../..', file), 'utf8'))
  assert.equal(bomFormat, 'CycloneDX')
  const packages = new Map<string, Component>(components.map((each: Component) => [each.name, each]))
  assert.ok(packages.has('@middy/core') && !packages.has('cdktf') && !packages.has('typescript'))
  const { purl, licenses, hashes } = packages.get('mysql2') as Component
  assert.match(purl, /^pkg:npm\/mysql2@\d+\.\d+\.\d+$/)
  assert.deepEqual(licenses, [{ license: { id: 'MIT' } }])
  assert.match(hashes[0]?.content ?? '', /^[0-9a-f]{128}$/)
})

test('a vulnerability is told with its package, and fails', async (t) => {
  const url = 'https://github.com/advisories/GHSA-test'
  const advisory = { id: 1, url, title: 'SQL injection for the test', severity: 'high', vulnerable_versions: '<=99' }
  const { exit, output } = await audit(t, 200, { mysql2: [advisory] })
  assert.equal(exit, 1, output)
  assert.match(output, /mysql2.*\n.*high.*\n(.*\n)*.*SQL injection for the test/i)
})

test('a registry that cannot be asked is no good news: it fails, and says so', async (t) => {
  const { exit, output } = await audit(t, 405, {})
  assert.equal(exit, 2, output)
  assert.match(output, /^Nothing is known: npm's registry could not be asked \(405 Method Not Allowed/m)
})
