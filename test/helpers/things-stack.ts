/** HTTP stack of a neutral API. */
import * as v from 'valibot'
import { defineApi, type Handlers, json, noContent } from '../../functions/http/api-definition.ts'
import { httpStack } from '../../functions/http/http-stack.ts'
import { jsonBody } from '../../functions/http/json-body.ts'
import type { Level } from '../../functions/http/request-log.ts'
import { answers } from '../../functions/http/routing.ts'
import { integerText } from '../../functions/http/text.ts'
import { validate } from '../../functions/http/validation.ts'
import type { EventOptions } from '../support.ts'

const thing = v.object(
  { name: v.pipe(v.string(), v.maxLength(3, 'must be short')), size: v.number('must be a number') },
  'must be an object',
)
const api = defineApi({
  title: 'Things',
  description: 'Things.',
  routes: {
    'GET /things': { operationId: 'listThings', summary: 'List things', answers: { 200: v.unknown() } },
    'PUT /things/{id}': {
      operationId: 'replaceThing',
      summary: 'Replace a thing',
      path: v.object({ id: integerText(1, 9) }),
      query: v.object({ limit: v.optional(integerText(1, 5), '5') }),
      body: { json: thing },
      answers: { 200: v.unknown() },
    },
    'DELETE /things/{id}': { operationId: 'deleteThing', summary: 'Delete a thing', answers: { 204: null } },
  },
})
type Things = Handlers<typeof api>

/** Creates the stack. @param list handler of `GET /things`, by default one that returns its path. */
export const thingsStack = (list?: Things['GET /things'], CORS_ORIGIN = '*', LOG_LEVEL: Level = 'debug') =>
  httpStack(api, { CORS_ORIGIN, LOG_LEVEL })
    .use(jsonBody())
    .use(validate())
    .handler(
      answers(api, {
        'GET /things': list ?? (async ({ requestPath }) => json(200, { requestPath }, { Location: '/there' })),
        'PUT /things/{id}': async ({ path, query, body }) => json(200, { path, query, body }),
        'DELETE /things/{id}': async () => noContent(),
      }),
    )

/** Creates a stack whose `GET /things` fails. */
export const failing = (error: unknown, ...more: [CORS_ORIGIN?: string, LOG_LEVEL?: Level]) =>
  thingsStack(() => Promise.reject(error), ...more)

export const put = (body: string, { headers, ...more }: EventOptions = {}): EventOptions => ({
  ...{ method: 'PUT', resource: '/things/{id}', path: { id: '7' }, body },
  headers: { 'CONTENT-type': 'application/json', ...headers },
  ...more,
})
