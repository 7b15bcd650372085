import { FunctionError, invoke } from './aws.ts'

export interface MigrateOptions {
  readonly functionName: string
  readonly logGroup: string
}

/** What the migrations' function answers. */
export interface Migrated {
  readonly applied: readonly string[]
  readonly version: number
  /** What a table that was there before lacks, each with its fix; an older image says nothing of it. */
  readonly warnings?: readonly string[]
}

/**
 * Brings the database up to date, by the function that does so from inside the VPC.
 * @throws Error that says which migration stopped, and where its log is.
 */
export async function migrate({ functionName, logGroup }: MigrateOptions): Promise<Migrated> {
  try {
    return (await invoke(functionName, {})) as Migrated
  } catch (error) {
    const cause = error instanceof FunctionError ? error.message : `it could not be invoked: ${String(error)}`
    throw new Error(
      `The migrations failed in the function ${functionName}: ${cause}\nIts log is ${logGroup} in CloudWatch. The functions run the new code already, on the schema up to the migration that failed.`,
    )
  }
}
