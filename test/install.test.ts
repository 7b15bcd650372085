/** How `make` installs packages, on a machine whose npm is set to install something else; and what Git makes of a clone. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'

const ROOT = resolve(import.meta.dirname, '..')
const MARK = 'node_modules/.installed'
let folder = ''

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } })
const install = (env?: NodeJS.ProcessEnv) => run('make', [MARK], env)

/** The tools of the project as packages of this folder, so that no registry is asked: one is a workspace's, one is optional. */
function writeProject(): void {
  const tools = ['node', 'esbuild', 'biome', 'tsc']
  const pack = (name: string, more: object) => {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...more }))
  }
  pack('kit', { bin: Object.fromEntries(tools.slice(1).map((tool) => [tool, 'tool'])) })
  pack('platform', { bin: { node: 'tool' } })
  for (const name of ['kit', 'platform']) writeFileSync(join(folder, name, 'tool'), '#!/bin/sh\n', { mode: 0o755 })
  pack('tools', { devDependencies: { kit: 'file:../kit' } })
  pack('.', { workspaces: ['tools'], optionalDependencies: { platform: 'file:platform' } })
}

describe('make installs', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'install here-'))
    cpSync(join(ROOT, 'Makefile'), join(folder, 'Makefile'))
    writeProject()
    assert.equal(run('npm', ['install', '--package-lock-only', '--offline']).status, 0)
  })
  after(() => rmSync(folder, { recursive: true }))

  test('everything, whatever NODE_ENV and the settings of npm leave out', () => {
    const { status, stderr } = install({
      ...{ NODE_ENV: 'production', npm_config_omit: 'optional', npm_config_ignore_scripts: 'true' },
      ...{ npm_config_bin_links: 'false', npm_config_dry_run: 'true', npm_config_workspaces: 'false' },
      npm_config_location: 'global',
    })
    assert.equal(status, 0, stderr)
    assert.ok(existsSync(join(folder, MARK)))
    assert.doesNotMatch(install().stdout, /Installing/)
  })

  test('again, where the last one lacked a tool', () => {
    rmSync(join(folder, 'node_modules'), { recursive: true })
    const failed = install({ PATH: `${withoutPlatform()}:${process.env.PATH}` })
    assert.notEqual(failed.status, 0)
    assert.ok(!existsSync(join(folder, MARK)))
    assert.match(failed.stdout, /npm installed no node that runs on .*npm config list/)
    assert.equal(install().status, 0)
  })

  test('again, where somebody else installed less', () => {
    assert.equal(run('npm', ['install', '--omit=dev', '--offline']).status, 0)
    assert.ok(!existsSync(join(folder, 'node_modules/.bin/tsc')))
    assert.equal(install().status, 0)
    assert.ok(existsSync(join(folder, 'node_modules/.bin/tsc')))
  })
})

/** A folder with an npm that installs what the real one does, but for the package of the platform. */
function withoutPlatform(): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const npm = run('sh', ['-c', 'command -v npm']).stdout.trim()
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\n"${npm}" "$@" && rm node_modules/.bin/node\n`, { mode: 0o755 })
  return bin
}

test('a clone with core.autocrlf=true has scripts that run', () => {
  folder = mkdtempSync(join(tmpdir(), 'clone-'))
  const git = (...args: string[]) => assert.equal(run('git', ['-c', 'core.autocrlf=true', ...args]).status, 0)
  const script = 'functions/start-node'
  for (const file of ['.gitattributes', script]) cpSync(join(ROOT, file), join(folder, file))
  git('init', '--quiet')
  git('add', '.')
  rmSync(join(folder, script))
  git('checkout', '--quiet', '--', '.')
  assert.equal(readFileSync(join(folder, script), 'utf8'), readFileSync(join(ROOT, script), 'utf8'))
  rmSync(folder, { recursive: true })
})
