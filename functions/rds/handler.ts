import { jsonBody } from '../http/json-body.ts'
import { json } from '../http/request.ts'
import { route } from '../http/route.ts'
import { createHandler } from '../http/stack.ts'
import { credentialsFor, database, environment, prepareDatabase } from './clients.ts'
import { creationHeaders, newUser, page, userPath } from './schema.ts'
import { createUsers } from './users.ts'

const credentials = credentialsFor(database)
prepareDatabase(credentials)

const users = createUsers(database)

const routes = {
  'GET /rds': route({
    query: page,
    handle: async ({ query }) => json(200, await users.list(query)),
  }),

  'POST /rds': route({
    headers: creationHeaders,
    body: jsonBody(newUser),
    handle: async ({ headers, body, requestPath, caller }) => {
      const user = await users.create(body, headers['idempotency-key'], caller)
      return json(200, { message: 'User created successfully!', user }, { Location: `${requestPath}/${user.id}` })
    },
  }),

  'GET /rds/{id}': route({
    path: userPath,
    handle: async ({ path }) => json(200, { user: await users.get(path.id) }),
  }),

  'PUT /rds/{id}': route({
    path: userPath,
    body: jsonBody(newUser),
    handle: async ({ path, body }) => json(200, { user: await users.replace(path.id, body) }),
  }),

  'DELETE /rds/{id}': route({
    path: userPath,
    handle: async ({ path }) => {
      await users.remove(path.id)
      return { statusCode: 204, body: '' }
    },
  }),
}

export const handler = createHandler({ environment, routes, use: credentials })
