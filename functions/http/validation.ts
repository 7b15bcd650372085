import * as v from 'valibot'
import { bodySchema } from './api-definition.ts'
import { type FieldError, InvalidInputError } from './caller-errors.ts'
import type { HttpMiddleware } from './http-event.ts'
import { plainMessage } from './plain-message.ts'

const toFieldError = (issue: v.BaseIssue<unknown>, root: string): FieldError => {
  const path = v.getDotPath(issue)
  return path && issue.input === undefined
    ? { path, message: 'is required' }
    : { path: path ?? root, message: issue.message }
}

/**
 * Middleware: validates path, query, headers and body against the route's schemas, and replaces them with the parsed values.
 * @throws InvalidInputError with every problem found.
 */
export function validate(): HttpMiddleware {
  return {
    before: ({ event, internal: { route } }) => {
      const errors: FieldError[] = []
      const check = (schema: v.GenericSchema | undefined, value: unknown, root: string): unknown => {
        if (!schema) return undefined
        const result = v.safeParse(schema, value, { abortPipeEarly: true, message: plainMessage })
        if (!result.success) errors.push(...result.issues.map((issue) => toFieldError(issue, root)))
        return result.output
      }
      const valid = {
        pathParameters: check(route?.path, event.pathParameters ?? {}, 'path'),
        queryStringParameters: check(route?.query, event.queryStringParameters ?? {}, 'query'),
        headers: route?.headers ? check(route.headers, event.headers, 'headers') : event.headers,
        body: check(route?.body && bodySchema(route.body), event.body, 'body'),
      }
      if (errors.length > 0) throw new InvalidInputError(errors)
      Object.assign(event, valid)
    },
  }
}
