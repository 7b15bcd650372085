import type { Wiring } from './wiring/wiring.ts'

/** Seconds that an invocation may take while somebody looks at it: a day, since timers of more than 24 days fire at once. */
const UNHURRIED = 24 * 60 * 60

/**
 * The wiring without the limits of time that would end an invocation while a breakpoint holds it, and with a port of the inspector for each
 * function, from the first one on. Functions that only run before anything is served have none: nobody could attach in time.
 */
export function debuggable(wiring: Wiring, firstPort: number): Wiring {
  const attachable = wiring.functions.map(({ name }) => name).filter((name) => !wiring.migrations.includes(name))
  return {
    ...wiring,
    functions: wiring.functions.map((each) => {
      const index = attachable.indexOf(each.name)
      return { ...each, timeout: UNHURRIED, ...(index >= 0 && { inspectorPort: firstPort + index }) }
    }),
    apis: wiring.apis.map((api) => ({
      ...api,
      methods: api.methods.map((method) => ({
        ...method,
        integration: { ...method.integration, timeoutMs: UNHURRIED * 1000 },
      })),
    })),
  }
}
