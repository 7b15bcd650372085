import { type ErrorAnswer, errors } from './errors.ts'
import { OF_FUNCTIONS, OF_GATEWAY } from './headers.ts'
import type { Operation } from './operation.ts'

const refs = (names: readonly string[]) =>
  Object.fromEntries([...new Set(names)].map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** Statuses that any request may get, whatever its route. */
const ANYWHERE = new Set([400, 403, 408, 413, 414, 429, 431, 500, 502, 503, 504])

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const BODIES = {
  function: ref('Error'),
  gateway: ref('GatewayError'),
  either: { anyOf: [ref('Error'), ref('GatewayError')] },
}
const HEADERS = { function: OF_FUNCTIONS, gateway: OF_GATEWAY, either: [...OF_FUNCTIONS, ...OF_GATEWAY] }

type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>

function response({ teller, description, headers = [], plainText, message }: ErrorAnswer, examples?: Examples) {
  const example = { message, ...(teller !== 'gateway' && { requestId: 'bb6fc561-b4b1-41de-b7b3-d7f5a7ea19cd' }) }
  // Of what goes beyond the size of a line or of all headers the gateway speaks in plain text alone.
  const json = !plainText || teller === 'either'
  const content = {
    ...(json && { 'application/json': { schema: BODIES[teller], ...(examples ? { examples } : { example }) } }),
    ...(plainText && { 'text/plain': { schema: { type: 'string' }, ...(!json && { example: message }) } }),
  }
  return { description, headers: refs([...HEADERS[teller], ...headers]), content }
}

/** The answers that routes share, as components. */
export const errorResponses = () => Object.fromEntries(errors.map((error) => [error.name, response(error)]))

/** All answers of a route, by status. Those that it has examples of stand with it, the others are components. */
export function responses({ answer, errors: own, examples }: Operation, authorized: boolean) {
  const wanted = new Set([...ANYWHERE, ...own, ...(authorized ? [401] : [])])
  const named = (status: number): Examples =>
    Object.fromEntries(
      Object.entries(examples)
        .filter(([, each]) => each.answer.status === status && each.answer.body !== undefined)
        .map(([name, each]) => [name, { summary: each.summary, value: each.answer.body }]),
    )
  const success = {
    description: answer.description,
    headers: refs([...OF_FUNCTIONS, ...(answer.headers ?? [])]),
    ...(answer.schema && {
      content: { 'application/json': { schema: ref(answer.schema), examples: named(answer.status) } },
    }),
    ...(answer.links && { links: answer.links }),
  }
  const failures = errors
    .filter(({ status }) => wanted.has(status))
    .map((error) => {
      const found = named(error.status)
      const shown = Object.keys(found).length > 0
      return [error.status, shown ? response(error, found) : { $ref: `#/components/responses/${error.name}` }]
    })
  return { [answer.status]: success, ...Object.fromEntries(failures) }
}
