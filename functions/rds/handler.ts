import { json, noContent } from '../http/api-definition.ts'
import { httpStack } from '../http/http-stack.ts'
import { jsonBody } from '../http/json-body.ts'
import { readEnvironment } from '../http/read-environment.ts'
import { answers } from '../http/routing.ts'
import { validate } from '../http/validation.ts'
import { databaseCredentials } from '../mysql/credentials.ts'
import { Database } from '../mysql/database.ts'
import { api } from './api.ts'
import { rdsEnvironmentSchema } from './environment.ts'
import { createUsers } from './users.ts'

const environment = readEnvironment(rdsEnvironmentSchema)
export const database = new Database(environment)
const users = createUsers(database)

export const handler = httpStack(api, environment)
  .use(jsonBody())
  .use(validate())
  .use(databaseCredentials(environment, database))
  .handler(
    answers(api, {
      'GET /rds': async ({ query }) => json(200, await users.list(query)),

      'POST /rds': async ({ headers, body, requestPath, caller }) => {
        const user = await users.create(body, headers['idempotency-key'], caller)
        return json(200, { message: 'User created successfully!', user }, { Location: `${requestPath}/${user.id}` })
      },

      'GET /rds/{id}': async ({ path }) => json(200, { user: await users.get(path.id) }),

      'PUT /rds/{id}': async ({ path, body }) => json(200, { user: await users.replace(path.id, body) }),

      'DELETE /rds/{id}': async ({ path }) => {
        await users.remove(path.id)
        return noContent()
      },
    }),
  )
