import type { ApiWiring, MethodWiring } from '../wiring/apis.ts'

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

/** What `ANY` stands for. */
const ANY_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/** Takes a request target (`/stage/path?query`, or an absolute URL) apart; slashes before the stage and before the path count once. */
export function parseTarget(target: string): Target {
  const relative = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '')
  const question = relative.indexOf('?')
  const whole = question < 0 ? relative : relative.slice(0, question)
  const [, stage = '', rest = ''] = /^\/*([^/]*)(.*)$/s.exec(whole) ?? []
  return {
    stage,
    path: rest.replace(/^\/*/, '/'),
    contextPath: `/${stage}${rest}`,
    query: question < 0 ? '' : relative.slice(question + 1),
  }
}

/** The most specific resource that fits path and method: a static part before `{id}` before `{proxy+}`. */
export function findRoute(apis: readonly ApiWiring[], target: Target, httpMethod: string): Route | undefined {
  let best: (Route & { rank: string }) | undefined
  for (const api of apis) {
    if (api.stage !== target.stage) continue
    for (const method of api.methods) {
      if (method.httpMethod !== httpMethod && !(method.httpMethod === 'ANY' && ANY_METHODS.has(httpMethod))) continue
      const match = matchTemplate(method.resource, target.path)
      if (!match) continue
      // Of one resource, the method itself before ANY.
      const rank = `${match.rank}${method.httpMethod === 'ANY' ? 'b' : 'a'}`
      if (!best || rank < best.rank) best = { api, method, pathParameters: match.parameters, rank }
    }
  }
  return best
}

/** The API whose gateway responses answer a request without route: that of a resource with the same first part, else the stage's first. */
export function findApi(apis: readonly ApiWiring[], target: Target): ApiWiring | undefined {
  const candidates = apis.filter(({ stage }) => stage === target.stage)
  const first = (path: string) => path.split('/')[1]
  return (
    candidates.find(({ methods }) => methods.some(({ resource }) => first(resource) === first(target.path))) ??
    candidates[0]
  )
}

/** `rank` sorts matches, the most specific first: one digit for each part of the template. */
function matchTemplate(template: string, path: string) {
  // A trailing slash does not count.
  const parts = path.replace(/\/+$/, '').split('/').slice(1)
  const templateParts = template === '/' ? [] : template.split('/').slice(1)
  const parameters: [string, string][] = []
  let rank = ''
  for (const [index, templatePart] of templateParts.entries()) {
    const part = parts[index]
    const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(templatePart) ?? []
    if (part === undefined || (name !== undefined && part === '')) return undefined
    if (name !== undefined && greedy) {
      parameters.push([name, parts.slice(index).join('/')])
      return { parameters: Object.fromEntries(parameters), rank: `${rank}3` }
    }
    if (name === undefined && part !== templatePart) return undefined
    if (name !== undefined) parameters.push([name, part])
    rank += name === undefined ? '1' : '2'
  }
  if (parts.length > templateParts.length) return undefined
  return { parameters: parameters.length > 0 ? Object.fromEntries(parameters) : null, rank }
}
