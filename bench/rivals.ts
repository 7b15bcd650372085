import { type Contenders, peersInstalled, pythonVersions } from './contenders.ts'
import type { Contender } from './execution.ts'

/** Everyone who does the users' work, ourselves first. */
export async function usersRivals(contenders: Contenders): Promise<Contender[]> {
  return [
    await contenders.ours('rds'),
    await contenders.bare('bare use case', 'users', 'rds'),
    ...(peersInstalled()
      ? [
          await contenders.peer('plain handler', 'plain-users'),
          await contenders.peer('plain middy', 'middy-users'),
          await contenders.peer('Hono', 'hono-users'),
          await contenders.peer('Powertools router', 'powertools-users'),
          await contenders.peer('Express adapter', 'express-users'),
        ]
      : []),
    ...((await pythonVersions()) ? [contenders.python('Python', 'users')] : []),
  ]
}

/** Everyone who does the files' work, ourselves first. Powertools' router is not among them: it decodes every body as UTF-8. */
export async function filesRivals(contenders: Contenders): Promise<Contender[]> {
  return [
    await contenders.ours('s3'),
    await contenders.bare('bare use case', 'files', 's3'),
    ...(peersInstalled()
      ? [
          await contenders.peer('plain handler', 'plain-files'),
          await contenders.peer('plain middy', 'middy-files'),
          await contenders.peer('Hono', 'hono-files'),
          await contenders.peer('Express adapter', 'express-files'),
        ]
      : []),
    ...((await pythonVersions()) ? [contenders.python('Python', 'files')] : []),
  ]
}
