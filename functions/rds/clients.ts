import { secretCredentials } from './database/credentials.ts'
import { Database } from './database/database.ts'
import { readRdsEnvironment } from './environment.ts'

/** What lives as long as the execution environment. A wrong variable ends its start, with a line that names it. */
export const environment = readRdsEnvironment()

export const database = new Database(environment)

/** Middlewares that give a database its user and password, where the environment has not. */
export const credentialsFor = (target: Database) =>
  environment.DB_SECRET_ID ? [secretCredentials(environment.DB_SECRET_ID, target)] : []

/** Connects while the execution environment starts, at full CPU and beside the rest of its start, so that the first request finds it done. */
export function prepareDatabase([credentials]: ReturnType<typeof credentialsFor>): void {
  // Only where requests are served: tests import this too, and migrations come in the same bundle, with a connection of their own.
  if (!process.env._HANDLER?.endsWith('.handler')) return
  if (credentials) credentials.prepare()
  else database.prepare()
}
