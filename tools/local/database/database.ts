import { ended } from '../../process/process.ts'
import { dockerAvailable, IMAGE, launchContainer } from './docker.ts'
import { CHOICES, obtainServer } from './find.ts'
import { type Account, identity, launchServer } from './server.ts'

/** A running server, with the default password of its accounts. */
export type Database = Awaited<ReturnType<typeof startDatabase>>

/**
 * Starts a MySQL-protocol server on 127.0.0.1, and restarts it if it ends.
 * @param directory absolute path of the server's data. @param log prints one line.
 * @throws Error with a fix, if no server can be started.
 */
export async function startDatabase(directory: string, databases: readonly Account[], log: (line: string) => void) {
  const known = await identity(directory)
  const binary = await obtainServer(log)
  if (!binary && !(await dockerAvailable())) throw new Error(CHOICES)
  const launch = () =>
    binary ? launchServer(binary, directory, known, databases) : launchContainer(directory, known, databases)
  let child = await launch()
  let stopping = false
  const supervised = (async () => {
    for (let reason = await ended(child); !stopping; reason = await ended(child)) {
      log(`the database ended (${reason}); restarting it`)
      child = await launch()
      if (stopping) child.kill()
    }
  })().catch((error: Error) => log(`${error.message}: press Ctrl-C, then run make dev`))
  const names = databases.map(({ name }) => name).join(', ')
  return {
    host: '127.0.0.1',
    ...known,
    /** One line for the banner. */
    description: `${names}: ${binary ?? `${IMAGE} in Docker`} on 127.0.0.1:${known.port}, data in ${directory}`,
    async stop(): Promise<void> {
      stopping = true
      child.kill()
      await supervised
    },
  }
}
