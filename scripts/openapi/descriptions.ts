import { files } from './files.ts'
import type { Description, Operation } from './operation.ts'
import { users } from './users.ts'

/** What is said of the APIs, one description each. */
export const descriptions: readonly Description[] = [users, files]

/** Every route that is described, by `METHOD /path`. */
export const operationsOf = (all: readonly Description[]): Readonly<Record<string, Operation>> =>
  Object.assign({}, ...all.map(({ operations }) => operations))

/** Terraform output that holds an API's address: `rds_url` for what is below `/rds`. */
export const addressOf = (path: string): string => `${path.split('/')[1]}_url`
