import * as v from 'valibot'
import { plainMessage } from './plain-message.ts'

// libc reads this at its first DNS lookup. By default, a silent name server blocks one of the two lookup threads for 5 s, twice.
// After its return, the first requests would wait behind lookups that their callers have given up.
process.env.RES_OPTIONS ??= 'timeout:1 attempts:2'

/**
 * Whether `text` is an origin as browsers send it: in lower case and punycode, without a default port. `URL.origin` does not support
 * custom schemes of apps (capacitor://localhost).
 */
const isOrigin = (text: string): boolean =>
  /^[a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+$/.test(text) && URL.parse(text)?.href.replace(/\/$/, '') === text

const ORIGIN = 'must be * or one origin as browsers send it, e.g. https://example.com'

/** Variables of every function. */
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
 * Parses a function's variables; called once, in its cold start.
 * @throws Error that names every missing or invalid variable, so that one deployment fixes them all.
 */
export function readEnvironment<const TSchema extends v.GenericSchema>(
  schema: TSchema,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): v.InferOutput<TSchema> {
  // An empty variable counts as unset: Terraform and shells cannot always leave one out.
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
