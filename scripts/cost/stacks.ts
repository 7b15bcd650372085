import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Block = Readonly<Record<string, unknown>>

/** A resource as it is synthesized. */
export interface Resource {
  /** Without `aws_`. */
  readonly type: string
  /** `aws_lambda_function.functions_rds…` */
  readonly address: string
  readonly block: Block
}

/** Every resource of both stacks. */
export async function resourcesIn(outdir: string): Promise<Resource[]> {
  const stacks = await Promise.all(
    ['registry', 'service'].map((stack) => readFile(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8')),
  )
  return stacks.flatMap((text) => resourcesOf(JSON.parse(text).resource))
}

/** Resources as a stack has them, by type and id. */
export const resourcesOf = (resource: Readonly<Record<string, Readonly<Record<string, Block>>>>): Resource[] =>
  Object.entries(resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([id, block]) => ({ type: type.replace(/^aws_/, ''), address: `${type}.${id}`, block })),
  )

/** The resource that an attribute such as `${aws_lambda_function.rds.function_name}` refers to. */
export const referred = (resources: readonly Resource[], reference: unknown): Resource | undefined =>
  resources.find(({ address }) => String(reference).startsWith(`\${${address}.`))
