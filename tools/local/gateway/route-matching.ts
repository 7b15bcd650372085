import type { ApiWiring } from '../wiring/apis.ts'
import type { MethodWiring } from '../wiring/methods.ts'

/** The API method that serves a request. */
export interface Route {
  readonly api: ApiWiring
  readonly method: MethodWiring
  /** Percent-encoded as sent, like API Gateway's; `null` without any. */
  readonly pathParameters: Readonly<Record<string, string>> | null
}

/** A parsed request target. */
export interface Target {
  readonly stage: string
  /** Without the stage; percent-encoded as sent. */
  readonly path: string
  /** With the stage, as `requestContext.path` has it. */
  readonly contextPath: string
  /** Without `?`. */
  readonly query: string
}

/** Methods that `ANY` includes. */
const ANY_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/** Parses a request target: `/stage/path?query` or an absolute URL. Repeated slashes before the stage and the path count once. */
export function parseTarget(target: string): Target {
  const [, stage = '', rest = '', query = ''] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?]*)?\/*([^/?]*)([^?]*)\??(.*)$/is.exec(target) ?? []
  return { stage, path: rest.replace(/^\/*/, '/'), contextPath: `/${stage}${rest}`, query }
}

/** Finds the most specific match: a static part before `{id}` before `{proxy+}`, and a method before `ANY`. */
export function findRoute(apis: readonly ApiWiring[], { stage, path }: Target, httpMethod: string): Route | undefined {
  const wanted = ANY_METHODS.has(httpMethod) ? [httpMethod, 'ANY'] : [httpMethod]
  const routes = apis
    .filter((api) => api.stage === stage)
    .flatMap((api) =>
      api.methods.filter((method) => wanted.includes(method.httpMethod)).map((method) => ({ api, method })),
    )
    .flatMap((route) => {
      const pathParameters = matchTemplate(route.method.resource, path)
      return pathParameters === undefined ? [] : { ...route, pathParameters, rank: rankOf(route.method) }
    })
  return routes.sort((a, b) => (a.rank < b.rank ? -1 : 1))[0]
}

/** Finds the API whose gateway responses apply without a route: one with a resource of the same first part, else the stage's first. */
export function findApi(apis: readonly ApiWiring[], target: Target): ApiWiring | undefined {
  const candidates = apis.filter(({ stage }) => stage === target.stage)
  const first = (path: string) => path.split('/')[1]
  const isNear = ({ methods }: ApiWiring) => methods.some(({ resource }) => first(resource) === first(target.path))
  return candidates.find(isNear) ?? candidates[0]
}

/** Path parameters, `null` without any; `undefined` if the path does not match. A trailing slash is ignored. */
function matchTemplate(template: string, path: string): Route['pathParameters'] | undefined {
  const names: string[] = []
  const pattern = template.split(/\{([^}]+)\}/).map((part, index) => {
    if (index % 2 === 0) return RegExp.escape(part)
    names.push(part.replace('+', ''))
    return part.endsWith('+') ? '([^/].*)' : '([^/]+)'
  })
  const match = new RegExp(`^${pattern.join('')}$`, 's').exec(path.replace(/(?<=.)\/+$/, ''))
  if (!match) return undefined
  return names.length > 0 ? Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ''])) : null
}

/** Sort key of routes that match the same path, the most specific first. */
const rankOf = ({ resource, httpMethod }: MethodWiring) =>
  resource.replaceAll(/\{[^}]+\+\}/g, '\uffff').replaceAll(/\{[^}]+\}/g, '\ufffe') + (httpMethod === 'ANY' ? 'b' : 'a')
