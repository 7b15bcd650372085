/** How `make` installs packages, on a machine whose npm is set to install something else; and what Git makes of a clone. */
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

/** Writes a package into the folder. */
const pack = (name: string, more: object) => {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...more }))
}

// The tools of the project as packages of this folder, so that no registry is asked: one is a workspace's, one is optional.
pack('kit', { bin: { esbuild: 'tool', biome: 'tool', tsc: 'tool' } })
pack('platform', { bin: { node: 'tool' } })
for (const name of ['kit', 'platform']) writeFileSync(join(folder, name, 'tool'), '#!/bin/sh\n', { mode: 0o755 })
pack('tools', { devDependencies: { kit: 'file:../kit' } })
pack('.', { workspaces: ['tools'], optionalDependencies: { platform: 'file:platform' } })
cpSync(join(ROOT, 'Makefile'), join(folder, 'Makefile'))
assert.equal(run('npm', ['install', '--package-lock-only', '--offline']).status, 0)

test('make installs everything, whatever NODE_ENV and the settings of npm leave out', () => {
  const { status, stderr } = install({
    ...{ NODE_ENV: 'production', npm_config_omit: 'optional', npm_config_ignore_scripts: 'true' },
    ...{ npm_config_bin_links: 'false', npm_config_dry_run: 'true', npm_config_workspaces: 'false' },
    npm_config_location: 'global',
  })
  assert.equal(status, 0, stderr)
  assert.doesNotMatch(install().stdout, /Installing/)
})

test('make installs again where a tool is missing: the last installation lacked it, or somebody installed less', () => {
  rmSync(join(folder, 'node_modules'), { recursive: true })
  // An npm that installs what the real one does, but for the package of the platform.
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

test('a clone with core.autocrlf=true has scripts that run', () => {
  const script = 'functions/start-node'
  for (const file of ['.gitattributes', script]) cpSync(join(ROOT, file), join(folder, file))
  const git = (...args: string[]) => assert.equal(run('git', ['-c', 'core.autocrlf=true', ...args]).status, 0)
  git('init', '--quiet')
  git('add', '.gitattributes', script)
  rmSync(join(folder, script))
  git('checkout', '--quiet', '--', script)
  assert.doesNotMatch(readFileSync(join(folder, script), 'utf8'), /\r/)
})
