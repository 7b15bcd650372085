import type { Block } from '../../local/wiring/terraform.ts'
import type { Deployment } from './deployment.ts'

/** A type of resource that keeps data, judged by the attributes in Terraform's state. */
interface DataResource {
  /** Whether AWS refuses to destroy it together with its data. */
  readonly isProtected: (attributes: Block) => boolean
  readonly describe: (attributes: Block) => string
}

const TYPES: Readonly<Record<string, DataResource>> = {
  aws_db_instance: {
    isProtected: ({ deletion_protection }) => deletion_protection === true,
    describe: ({ identifier, final_snapshot_identifier: last }) =>
      `the database ${identifier}${last ? `, but for the snapshot ${last}` : ''}`,
  },
  aws_dynamodb_table: {
    isProtected: ({ deletion_protection_enabled }) => deletion_protection_enabled === true,
    describe: ({ name }) => `the table ${name}`,
  },
  aws_s3_bucket: {
    isProtected: ({ force_destroy }) => force_destroy !== true,
    describe: ({ bucket }) => `the bucket ${bucket} and its objects`,
  },
  aws_ecr_repository: {
    isProtected: ({ force_delete }) => force_delete !== true,
    describe: ({ name }) => `the repository ${name} and its images`,
  },
}

export interface Losses {
  /** Data that a destruction takes with it. */
  readonly losses: readonly string[]
  /** Data that AWS would refuse to destroy when half of the rest is gone. */
  readonly kept: readonly string[]
}

/** The data of the deployed stacks, by their state and not by today's settings. */
export async function lossesOf(deployment: Deployment): Promise<Losses> {
  const [losses, kept]: [string[], string[]] = [[], []]
  for (const stack of deployment.stacks)
    for (const { type, attributes } of (await deployment.state(stack)).resources) {
      const resource = TYPES[type]
      if (resource) (resource.isProtected(attributes) ? kept : losses).push(resource.describe(attributes))
    }
  return { losses, kept }
}
