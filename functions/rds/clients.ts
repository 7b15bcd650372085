import { secretCredentials } from './credentials.ts'
import { Database } from './database.ts'
import { readRdsEnvironment } from './environment.ts'

/** What lives as long as the execution environment. A wrong variable ends its start, with a line that names it. */
export const environment = readRdsEnvironment()

export const database = new Database(environment)

/** Middlewares that give a database its user and password, where the environment has not. */
export const credentialsFor = (target: Database) =>
  environment.DB_SECRET_ID ? [secretCredentials(environment.DB_SECRET_ID, target)] : []
