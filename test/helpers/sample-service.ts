import * as v from 'valibot'
import { authorizerEnvironmentSchema } from '../../functions/authorizer/environment.ts'
import { defineApi } from '../../functions/http/api-definition.ts'
import { commonEnvironment } from '../../functions/http/read-environment.ts'
import { mysqlEnvironment } from '../../functions/mysql/environment.ts'
import { RestApi } from '../../terraform/api/rest-api.ts'
import { tokenAuthorizer } from '../../terraform/api/token-authorizer.ts'
import { Bucket } from '../../terraform/bucket.ts'
import { Database } from '../../terraform/database/mysql.ts'
import { ImageFunction } from '../../terraform/lambda/image-function.ts'
import { environmentOf } from '../../terraform/lambda/variables.ts'
import type { ServiceStack } from '../../terraform/service-stack.ts'
import { synthService as synth } from './stack.ts'

export { cognito, everyOption, given, jwt, SynthesizedStack, synthRegistry } from './stack.ts'

const route = (operationId: string) => ({ operationId, summary: '', answers: { 200: v.object({}) } })

export const items = defineApi({
  title: 'Items',
  description: '',
  routes: {
    'GET /items': route('list'),
    'POST /items': { ...route('add'), body: { json: v.object({}) } },
    'DELETE /items/{id}': route('remove'),
  },
})

export const blobs = defineApi({
  title: 'Blobs',
  description: '',
  routes: {
    'POST /blobs': { ...route('upload'), body: { multipart: v.object({}) } },
    'POST /blobs/uploads': route('start'),
  },
})

/** Declares one of each resource, independent of users and files. */
export function declareSample(service: ServiceStack): void {
  const { PROVISIONED_CONCURRENCY: provisionedConcurrency, RESERVED_CONCURRENCY, BUCKET_NAME } = service.settings
  const database = new Database(service, 'database')
  const bucket = new Bucket(service, 'files', { existing: BUCKET_NAME })
  const common = { image: 'items', database, environment: environmentOf(mysqlEnvironment({}), database.variables) }
  const first = new ImageFunction(service, 'items', {
    ...common,
    timeout: 15,
    reservedConcurrency: RESERVED_CONCURRENCY,
    provisionedConcurrency,
  })
  new ImageFunction(service, 'items-migrate', { ...common, handler: 'index.migrate', timeout: 300, migrates: true })
  const withBucket = v.object({ ...commonEnvironment, BUCKET_NAME: v.string() })
  const second = new ImageFunction(service, 'blobs', {
    environment: environmentOf(withBucket, { BUCKET_NAME: bucket.name }),
    timeout: 25,
    provisionedConcurrency,
  })
  tokenAuthorizer(service, { image: 'blobs', environment: environmentOf(authorizerEnvironmentSchema) })
  new RestApi(service, 'items', { definition: items, function: first })
  new RestApi(service, 'blobs', { definition: blobs, function: second, basePath: 'files' })
}

export const synthService = (variables?: Readonly<Record<string, string>>) => synth(variables, declareSample)
