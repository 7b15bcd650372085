/** Installation by `make` under unusual npm settings, and line endings of a clone. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ROOT } from '../tools/process/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'install here-'))
after(() => rmSync(folder, { recursive: true }))

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } })
const install = (env?: NodeJS.ProcessEnv) => run('make', ['node_modules/.installed'], env)

const pack = (name: string, more: object) => {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...more }))
}

// Stand-ins for the project's tools, so that npm needs no registry: one in a workspace, one optional.
pack('kit', { bin: { esbuild: 'tool', biome: 'tool', tsc: 'tool' } })
pack('platform', { bin: { node: 'tool' } })
for (const name of ['kit', 'platform']) writeFileSync(join(folder, name, 'tool'), '#!/bin/sh\n', { mode: 0o755 })
pack('tools', { devDependencies: { kit: 'file:../kit' } })
pack('.', { workspaces: ['tools'], optionalDependencies: { platform: 'file:platform' } })
cpSync(join(ROOT, 'Makefile'), join(folder, 'Makefile'))
assert.equal(run('npm', ['install', '--package-lock-only', '--offline']).status, 0)

test('make installs everything under any NODE_ENV and npm settings', () => {
  const { status, stderr } = install({
    ...{ NODE_ENV: 'production', npm_config_omit: 'optional', npm_config_ignore_scripts: 'true' },
    ...{ npm_config_bin_links: 'false', npm_config_dry_run: 'true', npm_config_workspaces: 'false' },
    npm_config_location: 'global',
  })
  assert.equal(status, 0, stderr)
  assert.doesNotMatch(install().stdout, /Installing/)
})

test('make reinstalls when a tool is missing', () => {
  rmSync(join(folder, 'node_modules'), { recursive: true })
  // An npm that omits the package of the platform.
  const npm = run('sh', ['-c', 'command -v npm']).stdout.trim()
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\n"${npm}" "$@" && rm node_modules/.bin/node\n`, { mode: 0o755 })
  const failed = install({ PATH: `${join(folder, 'bin')}:${process.env.PATH}` })
  assert.notEqual(failed.status, 0)
  assert.match(failed.stdout, /npm installed no node that runs on .*npm config list/)
  assert.equal(install().status, 0)

  assert.equal(run('npm', ['install', '--omit=dev', '--offline']).status, 0)
  assert.ok(!existsSync(join(folder, 'node_modules/.bin/tsc')))
  assert.equal(install().status, 0)
  assert.ok(existsSync(join(folder, 'node_modules/.bin/tsc')))
})

test('scripts run in a clone with core.autocrlf=true', () => {
  const script = 'functions/start-node'
  for (const file of ['.gitattributes', script]) cpSync(join(ROOT, file), join(folder, file))
  const git = (...args: string[]) => assert.equal(run('git', ['-c', 'core.autocrlf=true', ...args]).status, 0)
  git('init', '--quiet')
  git('add', '.gitattributes', script)
  rmSync(join(folder, script))
  git('checkout', '--quiet', '--', script)
  assert.doesNotMatch(readFileSync(join(folder, script), 'utf8'), /\r/)
})
