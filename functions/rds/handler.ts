import { json, noContent } from '../http/api-definition.ts'
import { httpStack } from '../http/http-stack.ts'
import { jsonBody } from '../http/json-body.ts'
import { answers } from '../http/routing.ts'
import { validate } from '../http/validation.ts'
import { api } from './api.ts'
import { database, databaseCredentials, environment } from './clients.ts'
import { createUsers } from './users.ts'

const users = createUsers(database)

export const handler = httpStack(api, environment)
  .use(jsonBody())
  .use(validate())
  .use(databaseCredentials(database, true))
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
