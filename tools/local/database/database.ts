import { ended } from '../../process/process.ts'
import { dockerAvailable, IMAGE, launchContainer } from './docker.ts'
import { CHOICES, obtainServer } from './find.ts'
import { type Account, identity, launchServer } from './server.ts'

/** A running server, with the password of every account that has no other. */
export type Database = Awaited<ReturnType<typeof startDatabase>>

/**
 * A MySQL-protocol server on 127.0.0.1 that is started again when it ends by itself.
 * @param directory of everything that the server keeps; absolute. @param log says one line to people.
 * @throws Error that says what to do, where none can be started.
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
      log(`the database ended (${reason}); starting it again`)
      child = await launch()
      if (stopping) child.kill()
    }
  })().catch((error: Error) => log(`${error.message}: Ctrl-C, and make dev again`))
  const names = databases.map(({ name }) => name).join(', ')
  return {
    host: '127.0.0.1',
    ...known,
    /** One line for people: what runs where. */
    description: `${names}: ${binary ?? `${IMAGE} in Docker`} on 127.0.0.1:${known.port}, data in ${directory}`,
    async stop(): Promise<void> {
      stopping = true
      child.kill()
      await supervised
    },
  }
}
