import type * as v from 'valibot'
import { MethodNotAllowedError, NotFoundError } from './errors.ts'
import type { HttpEvent, HttpMiddleware, HttpRequest, HttpResponse } from './request.ts'

type Schema<T> = v.GenericSchema<unknown, T>

/** How a route reads its body: a parser, which replaces `event.body`, and the schema of what comes out. */
export interface Body<T> {
  readonly parse: (request: HttpRequest) => void | Promise<void>
  readonly schema: Schema<T>
}

/** What the schemas of a route let through. */
export interface RouteInput<TBody, TQuery, TPath, THeaders> {
  readonly body: TBody
  readonly query: TQuery
  readonly path: TPath
  readonly headers: THeaders
  /** The path that the caller used, with stage or base path. */
  readonly requestPath: string
  /** See callerOf. */
  readonly caller: string | undefined
}

/** What is asked for by one method on one resource, and the use case that answers it. */
export interface RouteDefinition<TBody, TQuery, TPath, THeaders = undefined> {
  readonly body?: Body<TBody>
  readonly query?: Schema<TQuery>
  readonly path?: Schema<TPath>
  /** Of headers by their names in lower case. */
  readonly headers?: Schema<THeaders>
  readonly handle: (input: RouteInput<TBody, TQuery, TPath, THeaders>) => Promise<HttpResponse>
}

/** A route whose types are known to itself alone, so that routes fit into one table. */
export type Route = RouteDefinition<unknown, unknown, unknown, unknown>

/** Routes by `METHOD /resource/{template}`, as API Gateway names them. */
export type Routes = Readonly<Record<string, Route>>

export const routeKey = ({ httpMethod, resource }: HttpEvent): string => `${httpMethod} ${resource}`

/** Defines a route; the types of `handle`'s input follow from the schemas. */
export const route = <TBody = undefined, TQuery = undefined, TPath = undefined, THeaders = undefined>(
  definition: RouteDefinition<TBody, TQuery, TPath, THeaders>,
): Route => definition as Route

/**
 * Middleware: finds the route of the request, before anything of its body is looked at.
 * @throws NotFoundError, MethodNotAllowedError
 */
export function selectRoute(routes: Routes): HttpMiddleware {
  const methods = new Map<string, string[]>()
  for (const key of Object.keys(routes)) {
    const [method = '', resource = ''] = key.split(' ')
    methods.set(resource, [...(methods.get(resource) ?? []), method])
  }
  return {
    before: ({ event, internal }) => {
      const key = routeKey(event)
      if (Object.hasOwn(routes, key)) {
        internal.route = routes[key] as Route
        return
      }
      const allow = methods.get(event.resource)
      throw allow ? new MethodNotAllowedError(allow) : new NotFoundError('Not found')
    },
  }
}
