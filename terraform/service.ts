/**
 * Yours: the functions, APIs, database and bucket to deploy. Permissions, network, alarms, dashboard, saved queries and outputs
 * follow from these declarations; so do `make dev`, `make docs` and `make deploy`.
 */
import { authorizerEnvironmentSchema } from '../functions/authorizer/environment.ts'
import { api as users } from '../functions/rds/api.ts'
import { rdsEnvironmentSchema } from '../functions/rds/environment.ts'
import { api as files } from '../functions/s3/api.ts'
import { s3EnvironmentSchema } from '../functions/s3/environment.ts'
import { RestApi } from './api/rest-api.ts'
import { tokenAuthorizer } from './api/token-authorizer.ts'
import { Bucket } from './bucket.ts'
import { Database } from './database/mysql.ts'
import { ImageFunction } from './lambda/image-function.ts'
import { environmentOf } from './lambda/variables.ts'
import type { ServiceStack } from './service-stack.ts'

export function declareService(service: ServiceStack): void {
  const { PROVISIONED_CONCURRENCY: provisionedConcurrency, RESERVED_CONCURRENCY, BUCKET_NAME } = service.settings
  const database = new Database(service, 'database')
  const bucket = new Bucket(service, 'files', { existing: BUCKET_NAME })

  const onDatabase = { image: 'rds', database, environment: environmentOf(rdsEnvironmentSchema, database.variables) }
  const rds = new ImageFunction(service, 'rds', {
    ...onDatabase,
    // Seconds: a longer query has timed out anyway, and the answer must precede the gateway's timeout of 29 s.
    timeout: 15,
    reservedConcurrency: RESERVED_CONCURRENCY,
    provisionedConcurrency,
  })
  // Not behind API Gateway, so changes to large tables may exceed 29 s.
  new ImageFunction(service, 'rds-migrate', { ...onDatabase, handler: 'migrate.handler', timeout: 300, migrates: true })

  const s3 = new ImageFunction(service, 's3', {
    environment: environmentOf(s3EnvironmentSchema, { BUCKET_NAME: bucket.name }),
    // Seconds: an upload of 4.5 MB takes one or two; the rest is a margin for retries.
    timeout: 25,
    provisionedConcurrency,
  })
  // The image `s3` contains it: functions/s3/index.authorize.ts.
  tokenAuthorizer(service, { image: 's3', environment: environmentOf(authorizerEnvironmentSchema) })

  new RestApi(service, 'rds', { definition: users, function: rds, basePath: 'users' })
  new RestApi(service, 's3', { definition: files, function: s3, basePath: 'files' })
}
