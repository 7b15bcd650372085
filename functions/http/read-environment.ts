import * as v from 'valibot'
import { plainMessage } from './plain-message.ts'

// libc reads this with the first name that it looks up. By itself it gives a silent name server 5 s, twice, in one of the two threads
// that all lookups share: the first requests after its return would wait behind lookups whose callers are gone.
process.env.RES_OPTIONS ??= 'timeout:1 attempts:2'

/**
 * Whether this is an origin as browsers send it: in lower case and punycode, without a default port. Apps have schemes of their own
 * (capacitor://localhost), for which URL knows no origin.
 */
const isOrigin = (text: string): boolean =>
  /^[a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+$/.test(text) && URL.parse(text)?.href.replace(/\/$/, '') === text

const ORIGIN = 'must be * or one origin as browsers send it, e.g. https://example.com'

/** Variables that every function has. */
export const commonEnvironment = {
  /** `Access-Control-Allow-Origin` of every answer: one origin, or `*`. */
  CORS_ORIGIN: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text === '*' || isOrigin(text), ORIGIN),
    ),
    '*',
  ),
  LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error'), 'info'),
}

/**
 * Reads a function's variables once, at its start.
 * @throws Error that names every variable that is missing or wrong, so that one deployment mends them all.
 */
export function readEnvironment<const TSchema extends v.GenericSchema>(
  schema: TSchema,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): v.InferOutput<TSchema> {
  // An empty variable means the same as none: Terraform and shells cannot always leave one out.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const result = v.safeParse(schema, given, { message: plainMessage })
  if (result.success) return result.output
  const problems = result.issues.map((issue) => {
    const name = v.getDotPath(issue)
    if (!name) return issue.message
    return `${name} ${given[name] === undefined ? 'is missing' : issue.message}`
  })
  throw new Error(
    `Wrong environment: ${problems.join('; ')}. Set these variables of the function; \`make dev\` and \`make deploy\` take settings from .env and the environment.`,
  )
}
