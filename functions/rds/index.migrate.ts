import { readEnvironment } from '../http/read-environment.ts'
import { migrationHandler } from '../mysql/migrate.ts'
import { rdsEnvironmentSchema } from './environment.ts'
import { migrations } from './migrations.ts'

/** Entry of the bundle `migrate.js`: the handler that Terraform names, `migrate.handler`. */
export const handler = migrationHandler(readEnvironment(rdsEnvironmentSchema), migrations)
