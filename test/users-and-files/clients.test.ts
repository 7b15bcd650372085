/** Clients made from the API descriptions, which use the running program from end to end. */
import { copyFile, mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as esbuild from 'esbuild'
import { run } from '../../tools/process/command.ts'
import { compile, generateClients, installGenerators } from '../helpers/generated-clients.ts'
import { startTestService, type TestService } from './helpers/service.ts'

const skip = await installGenerators()
const TOURS = ['openapi-fetch.ts', 'hey-api.ts']

describe('a generated client lists, creates, reads, replaces, deletes, uploads, and shows an error', { skip }, () => {
  let service: TestService
  let folder: Awaited<ReturnType<typeof mkdtempDisposable>>
  before(async () => {
    folder = await mkdtempDisposable(join(tmpdir(), 'tours-'))
    for (const tour of TOURS) await copyFile(join(import.meta.dirname, 'clients', tour), join(folder.path, tour))
    await generateClients(['rds', 's3'], folder.path)
    service = await startTestService()
  })
  after(async () => {
    await service.stop()
    await folder.remove()
  })

  test('under a strict compiler', async () => {
    await compile(TOURS, folder.path)
  })

  for (const tour of TOURS)
    test(tour, async () => {
      const outfile = join(folder.path, tour.replace('.ts', '.mjs'))
      await esbuild.build({
        entryPoints: [join(folder.path, tour)],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
      })
      await run(process.execPath, [outfile, service.base])
    })
})
