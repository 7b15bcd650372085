import type { ApiWiring } from '../wiring/apis.ts'
import type { MethodWiring } from '../wiring/methods.ts'

/** The method of an API that a request is for. */
export interface Route {
  readonly api: ApiWiring
  readonly method: MethodWiring
  /** Percent-encoded as sent, as API Gateway passes them on; `null` without any. */
  readonly pathParameters: Readonly<Record<string, string>> | null
}

/** A request target, taken apart. */
export interface Target {
  readonly stage: string
  /** Without the stage; percent-encoding as sent. */
  readonly path: string
  /** With the stage, as `requestContext.path` has it. */
  readonly contextPath: string
  /** Without `?`. */
  readonly query: string
}

/** Methods that `ANY` stands for. */
const ANY_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/** Takes a request target (`/stage/path?query`, or an absolute URL) apart; slashes before the stage and before the path count once. */
export function parseTarget(target: string): Target {
  const [, stage = '', rest = '', query = ''] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?]*)?\/*([^/?]*)([^?]*)\??(.*)$/is.exec(target) ?? []
  return { stage, path: rest.replace(/^\/*/, '/'), contextPath: `/${stage}${rest}`, query }
}

/** The most specific resource that fits path and method: a static part before `{id}` before `{proxy+}`, and a method before `ANY`. */
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

/** The API whose gateway responses answer a request without route: that of a resource with the same first part, else the stage's first. */
export function findApi(apis: readonly ApiWiring[], target: Target): ApiWiring | undefined {
  const candidates = apis.filter(({ stage }) => stage === target.stage)
  const first = (path: string) => path.split('/')[1]
  const isNear = ({ methods }: ApiWiring) => methods.some(({ resource }) => first(resource) === first(target.path))
  return candidates.find(isNear) ?? candidates[0]
}

/** The parameters in a path, `null` without any, or `undefined` where it does not fit. A trailing slash does not count. */
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

/** Sorts routes that fit the same path, the most specific first. */
const rankOf = ({ resource, httpMethod }: MethodWiring) =>
  resource.replaceAll(/\{[^}]+\+\}/g, '\uffff').replaceAll(/\{[^}]+\}/g, '\ufffe') + (httpMethod === 'ANY' ? 'b' : 'a')
