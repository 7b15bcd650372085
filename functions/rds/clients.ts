import { readEnvironment } from '../http/read-environment.ts'
import { secretCredentials } from './database/credentials.ts'
import { Database } from './database/database.ts'
import { rdsEnvironmentSchema } from './environment.ts'

/** What lives as long as the execution environment. A wrong variable ends its start, with a line that names it. */
export const environment = readEnvironment(rdsEnvironmentSchema)

export const database = new Database(environment)

/**
 * Middlewares that give a database its user and password, where the environment has not.
 * @param ahead connects while the execution environment starts, at full CPU and beside the rest of its start, so that the first request
 * finds it done. Only where requests are served: tests import handlers too, and migrations come in the same bundle, with their own connection.
 */
export function databaseCredentials(target: Database, ahead = false) {
  const now = ahead && process.env._HANDLER?.endsWith('.handler') === true
  if (environment.DB_SECRET_ID) return [secretCredentials(environment.DB_SECRET_ID, target, now)]
  if (now) target.prepare()
  return []
}
