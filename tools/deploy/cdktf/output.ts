import { stripVTControlCharacters } from 'node:util'
import { CommandError } from '../../process/command.ts'

/** Terraform's own lines: without colours, and without the column in which the CDK's CLI names the stack. */
export const plain = (text: string, stack: string): string =>
  stripVTControlCharacters(text).replace(new RegExp(`^(?:${stack} {2}| {${stack.length + 2}})`, 'gm'), '')

const PROGRESS =
  /^\s*(aws_[\w.-]+)\S*.*?: ((?:Still )?(?:Creat|Modif|Destroy)\S*(?: complete after \S+|.*elapsed\])?)/gim

/** The latest change of a resource in Terraform's output, shortened: `aws_iam_role.role: Creating...` */
export function lastProgress(output: string): string | undefined {
  const [, address, what] = [...output.matchAll(PROGRESS)].at(-1) ?? []
  return address && `${address}: ${what}`
}

/** Fixes for errors of AWS and Terraform that do not name one. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /FreeTierRestrictionError/,
    "AWS's free plan refuses that: set BACKUP_RETENTION=1 (or 0, where 1 is refused too), keep the default instance class and one zone, or upgrade the account's plan",
  ],
  [
    /S3 bucket .* does not exist/,
    'Make the bucket of the state first: aws s3 mb s3://<STATE_BUCKET>, and turn on versioning, which keeps earlier states',
  ],
  [
    /AlreadyExists|already exists/,
    'Another deployment has that name, or this one under a state that is not here: set STATE_BUCKET as it was then, or another ENVIRONMENT or PROJECT',
  ],
  [
    /Error acquiring the state lock/,
    'Wait for whoever deploys (Who); if nobody does, a run was cut off: terraform -chdir=cdktf.out/stacks/<stack> force-unlock <ID>',
  ],
  [/execution halted/, 'Interrupted: what Terraform has made until then is in its state'],
]

/** The errors in Terraform's output, each paragraph once, without the lines before them, and their fixes. */
export function errorsIn(output: string): string {
  const start = output.search(/^\s*(?:│ )?Error: /m)
  const text = start < 0 ? output.trim().split('\n').slice(-20).join('\n') : output.slice(start).trim()
  const errors = [...new Set(text.split(/\n{2,}/))].join('\n\n')
  return [errors, ...ADVICE.flatMap(([error, fix]) => (error.test(errors) ? `→ ${fix}` : []))].join('\n')
}

/** Throws a failed command's errors in place of all its output. */
export function errorsAlone(error: unknown): never {
  throw error instanceof CommandError ? new Error(errorsIn(error.output)) : error
}
