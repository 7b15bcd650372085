import { mysqlEnvironment } from '../mysql/environment.ts'

/** Variables of the function `rds`. */
export const rdsEnvironmentSchema = mysqlEnvironment({})
