import {
  type Answer,
  type ApiDefinition,
  type Handlers,
  type Input,
  type RouteKey,
  resourcesOf,
} from './api-definition.ts'
import { HttpError, NotFoundError } from './caller-errors.ts'
import { callerOf, type HttpEvent, type HttpMiddleware, type HttpResponse } from './http-event.ts'

const routeKey = ({ httpMethod, resource }: HttpEvent) => `${httpMethod} ${resource}` as RouteKey

/**
 * Middleware: selects the route of the request, before its body is parsed.
 * @throws NotFoundError, HttpError
 */
export function selectRoute(api: Pick<ApiDefinition, 'routes'>): HttpMiddleware {
  const methods = new Map(resourcesOf(api).map((resource) => [resource.path, resource.methods]))
  return {
    before: ({ event, internal }) => {
      const key = routeKey(event)
      if (Object.hasOwn(api.routes, key)) {
        internal.route = api.routes[key]
        return
      }
      const allow = methods.get(event.resource)
      if (!allow) throw new NotFoundError('Not found')
      throw new HttpError(405, `Method not allowed: use ${allow.join(' or ')}`, { Allow: allow.join(', ') })
    },
  }
}

/** Handler at the end of a stack: passes validated input to the handler of the request's route. */
export const answers =
  <TApi extends Pick<ApiDefinition, 'routes'>>(_api: TApi, handlers: Handlers<TApi>) =>
  async (event: HttpEvent): Promise<HttpResponse> => {
    const handle = handlers[routeKey(event)] as (input: Input) => Promise<Answer>
    const { body, queryStringParameters: query, pathParameters: path, headers, requestContext } = event
    // An event written by hand, as for `aws lambda invoke`, may have no request context.
    const requestPath = requestContext?.path ?? event.path
    return toResponse(await handle({ body, query, path, headers, requestPath, caller: callerOf(event) }))
  }

/** Converts an answer to the result that API Gateway expects of a proxy integration. */
export const toResponse = ({ status, body, headers }: Answer): HttpResponse =>
  body === undefined
    ? { statusCode: status, headers: { ...headers }, body: '' }
    : { statusCode: status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
