import { type Contenders, peersInstalled } from './contenders.ts'
import type { Contender } from './execution.ts'
import { names } from './names.ts'
import { pythonVersions } from './python.ts'

/** Who does the work, and who shows what of it is the platform's. */
export interface Rivals {
  readonly ours: Contender
  /** All that do all of the work, ourselves among them. */
  readonly whole: readonly Contender[]
  /** Those that upload and do nothing else. */
  readonly uploaders: readonly Contender[]
  /** Those that do nothing. */
  readonly empty: readonly Contender[]
}

/** Everyone who serves users. @param all with those, too, that no budget is about. */
export async function usersRivals(contenders: Contenders, all: boolean): Promise<Rivals> {
  const peers = [
    ['plain handler', 'plain-users'],
    ['plain middy', 'middy-users'],
    ['Hono', 'hono-users'],
    ['Powertools router', 'powertools-users'],
    ['Express adapter', 'express-users'],
  ] as const
  const python = (await pythonVersions()) !== undefined
  const ours = await contenders.ours('rds')
  const whole = [
    ours,
    ...(all ? [await contenders.bare(names.bare, 'users', 'rds')] : []),
    ...(all && peersInstalled() ? await Promise.all(peers.map(([name, file]) => contenders.peer(name, file))) : []),
    ...(python ? [await contenders.python(names.python, 'users')] : []),
    ...(python ? [await contenders.python(names.pythonKept, 'users_kept')] : []),
  ]
  return { ours, whole, uploaders: [], empty: [await contenders.empty()] }
}

/** Everyone who serves files. Powertools' router is not among them: it decodes every body as UTF-8. */
export async function filesRivals(contenders: Contenders, all: boolean): Promise<Rivals> {
  const peers = [
    ['plain handler', 'plain-files'],
    ['plain middy', 'middy-files'],
    ['Hono', 'hono-files'],
    ['Express adapter', 'express-files'],
  ] as const
  const python = (await pythonVersions()) !== undefined
  const ours = await contenders.ours('s3')
  const whole = [
    ours,
    ...(all ? [await contenders.bare(names.bare, 'files', 's3')] : []),
    ...(all && peersInstalled() ? await Promise.all(peers.map(([name, file]) => contenders.peer(name, file))) : []),
    ...(python ? [await contenders.python(names.python, 'files')] : []),
  ]
  return {
    ours,
    whole,
    uploaders: [await contenders.bare(names.least, 'least-upload', 's3')],
    empty: [await contenders.empty(), ...(python ? [await contenders.python(names.emptyPython, 'empty')] : [])],
  }
}
