import { stripVTControlCharacters } from 'node:util'
import { CommandError } from '../../process/command.ts'

/** Removes colours and the CLI's column of stack names from Terraform's output. */
export const plain = (text: string, stack: string): string =>
  stripVTControlCharacters(text).replace(new RegExp(`^(?:${stack} {2}| {${stack.length + 2}})`, 'gm'), '')

const PROGRESS =
  /^\s*(aws_[\w.-]+)\S*.*?: ((?:Still )?(?:Creat|Modif|Destroy)\S*(?: complete after \S+|.*elapsed\])?)/gim

/** Extracts the latest resource change from Terraform's output: `aws_iam_role.role: Creating...` */
export function lastProgress(output: string): string | undefined {
  const [, address, what] = [...output.matchAll(PROGRESS)].at(-1) ?? []
  return address && `${address}: ${what}`
}

/** Fixes for AWS and Terraform errors that suggest none. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /FreeTierRestrictionError/,
    "AWS's free plan refuses that: set BACKUP_RETENTION=1 (or 0, if 1 is refused too), keep the default instance class and one zone, or upgrade the account's plan",
  ],
  [
    /S3 bucket .* does not exist/,
    'Create the bucket for the state first: aws s3 mb s3://<STATE_BUCKET>. Enable versioning to keep earlier states',
  ],
  [
    /AlreadyExists|already exists/,
    'Another deployment uses that name, or this one does, with its state elsewhere: set the same STATE_BUCKET as then, or another ENVIRONMENT or PROJECT',
  ],
  [
    /Error acquiring the state lock/,
    'Wait for the running deployment (Who). Otherwise an interrupted run left the lock: terraform -chdir=cdktf.out/stacks/<stack> force-unlock <ID>',
  ],
  [/execution halted/, 'Interrupted: resources created so far are in its state'],
]

/** Extracts the errors from Terraform's output, each paragraph once, and adds their fixes. */
export function errorsIn(output: string): string {
  const start = output.search(/^\s*(?:│ )?Error: /m)
  const text = start < 0 ? output.trim().split('\n').slice(-20).join('\n') : output.slice(start).trim()
  const errors = [...new Set(text.split(/\n{2,}/))].join('\n\n')
  return [errors, ...ADVICE.flatMap(([error, fix]) => (error.test(errors) ? `→ ${fix}` : []))].join('\n')
}

/** Rethrows a failed command with only the errors of its output. */
export function errorsAlone(error: unknown): never {
  throw error instanceof CommandError ? new Error(errorsIn(error.output)) : error
}
