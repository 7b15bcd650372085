import { join } from 'node:path'
import { type Attributes, readState } from './state.ts'

/** What would be lost, and what keeps it from being. */
interface Kept {
  /** The attribute of the state that says whether it may be destroyed with what is in it. */
  readonly isProtected: (attributes: Attributes) => boolean
  readonly what: (attributes: Attributes) => string
}

const KEPT: Readonly<Record<string, Kept>> = {
  aws_db_instance: {
    isProtected: ({ deletion_protection }) => deletion_protection === true,
    what: ({ identifier, final_snapshot_identifier: last }) =>
      `the database ${identifier} and its users${last ? `, but for the snapshot ${last}` : ''}`,
  },
  aws_s3_bucket: {
    isProtected: ({ force_destroy }) => force_destroy !== true,
    what: ({ bucket }) => `the bucket ${bucket} and its files`,
  },
  aws_ecr_repository: {
    isProtected: ({ force_delete }) => force_delete !== true,
    what: ({ name }) => `the repository ${name} and its images`,
  },
}

export interface Losses {
  /** May be destroyed. */
  readonly losses: readonly string[]
  /** AWS would refuse, when half of the rest is gone. */
  readonly kept: readonly string[]
}

/** What a destruction of the deployed stacks would lose for good, by their state and not by today's settings. */
export async function lossesOf(outdir: string, stacks: readonly string[]): Promise<Losses> {
  const [losses, kept]: [string[], string[]] = [[], []]
  for (const stack of stacks) {
    for (const { type, attributes } of (await readState(join(outdir, 'stacks', stack))).resources) {
      const rule = KEPT[type]
      if (rule) (rule.isProtected(attributes) ? kept : losses).push(rule.what(attributes))
    }
  }
  return { losses, kept }
}
