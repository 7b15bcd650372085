/** Clients generated from the API descriptions, end to end against the running program. */
import { cpSync, symlinkSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as esbuild from 'esbuild'
import { ROOT, run } from '../../tools/process/command.ts'
import { installGenerators, PROGRAMS, tool } from '../helpers/installed.ts'
import { startTestService } from './helpers/service.ts'

const skip = await installGenerators()
const TOURS = ['openapi-fetch.ts', 'hey-api.ts']
const STRICT = ['--strict', '--noUncheckedIndexedAccess', '--noEmit']
const MODERN = ['--target', 'es2024', '--module', 'esnext', '--moduleResolution', 'bundler', '--types', 'node']

test('a generated client compiles, calls every operation and returns errors', { skip }, async (t) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'tours-'))
  const { path: cwd } = folder
  cpSync(join(import.meta.dirname, 'clients'), cwd, { recursive: true })
  symlinkSync(PROGRAMS, join(cwd, 'node_modules'))
  for (const name of ['rds', 's3']) {
    const description = join(ROOT, `docs/openapi/${name}.json`)
    await tool('openapi-typescript', [description, '-o', `${name}.types.ts`], cwd)
    await tool('openapi-ts', ['-i', description, '-o', name, '-c', '@hey-api/client-fetch'], cwd)
  }
  await tool('tsc', [...STRICT, ...MODERN, ...TOURS], cwd)
  const service = await startTestService()
  t.after(() => service.stop())
  for (const tour of TOURS) {
    const outfile = join(cwd, `${tour}.mjs`)
    await esbuild.build({ entryPoints: [join(cwd, tour)], outfile, bundle: true, platform: 'node', format: 'esm' })
    await run(process.execPath, [outfile, service.base])
  }
})
