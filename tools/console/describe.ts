import { ROOT, run } from '../process/command.ts'

/** Descriptions of APIs (OpenAPI), by the names of their folders. */
export type Descriptions = Readonly<Record<string, { readonly servers: readonly { readonly url: string }[] }>>

/**
 * Describes the APIs of `functions/`, in a process of its own: only there are modules that have changed loaded anew.
 * @param stack the service stack's `cdk.tf.json`, which tells stages and access.
 */
export async function describe(stack: string): Promise<Descriptions> {
  return JSON.parse(await run(process.execPath, ['tools/docs/openapi/document.ts', stack], { cwd: ROOT }))
}
