import type { Wiring } from './wiring/wiring.ts'

/** Timeout of an invocation under a debugger, in seconds: a day. Timers over 24 days would fire at once. */
const UNHURRIED = 24 * 60 * 60

/**
 * Lifts the timeouts that would end an invocation at a breakpoint, and gives each function an inspector port, counted from `firstPort`.
 * Migrations get none: they run before a debugger could attach.
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
