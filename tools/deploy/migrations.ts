import { invoke } from './aws.ts'
import type { Outputs } from './cdktf/stacks.ts'

/**
 * Invokes the functions that the output `migrations` names, one after another: the database may be reached from inside of a VPC alone.
 * @throws Error with the function that failed, and where its log is.
 */
export async function runMigrations(outputs: Outputs) {
  const functions = (outputs.functions ?? {}) as Readonly<Record<string, string>>
  const applied: string[] = []
  for (const key of (outputs.migrations ?? []) as readonly string[]) {
    const name = functions[key] ?? key
    const answer = await invoke(name).catch((error: Error) => {
      throw new Error(
        `The migration function ${name} failed: ${error.message}\nIts log: make logs FUNCTION=${key}. The functions run the new code already, on data as the failed migration left it.`,
      )
    })
    const { applied: done = [] } = (answer ?? {}) as { readonly applied?: readonly string[] }
    applied.push(...done)
  }
  return { outcome: applied.join(', ') || 'nothing to apply', applied: applied.length > 0 }
}
