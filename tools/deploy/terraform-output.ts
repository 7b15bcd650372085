import { hostname, userInfo } from 'node:os'
import { stripVTControlCharacters } from 'node:util'

/** Terraform's own lines: without colours, and without the stack's name that the CDK's CLI puts before them. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replace(/^(registry {2}|service {2}| {9})/gm, '')

const PROGRESS =
  /^\s*(aws_[\w.-]+)\S*.*?: ((?:Still )?(?:Creat|Modif|Destroy)\S*(?: complete after \S+|.*elapsed\])?)/gim

/** The last that Terraform has said about a resource, in fewer words: `aws_iam_role.role: Creating...` */
export function lastProgress(output: string): string | undefined {
  const [, address, what] = [...plain(output).matchAll(PROGRESS)].at(-1) ?? []
  return address && `${address}: ${what}`
}

/** What to do about errors of AWS's that do not say so themselves. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /FreeTierRestrictionError/,
    "AWS's free plan refuses that: set BACKUP_RETENTION=1 (or 0, where 1 is refused too), leave out DB_INSTANCE_CLASS and DB_MULTI_AZ, or upgrade the account's plan",
  ],
  [
    /AlreadyExists|already exists/,
    'Another deployment has that name, or this one under a state that is not here: set STATE_BUCKET as it was then, or another ENVIRONMENT or PROJECT',
  ],
]

/** The errors in what Terraform printed, without the hundreds of lines before them, and what to do. */
export function errorsIn(output: string): string {
  const start = output.search(/^\s*(?:│ )?Error: /m)
  const errors = start < 0 ? output.trim().split('\n').slice(-20).join('\n') : output.slice(start).trim()
  return [errors, ...ADVICE.flatMap(([error, fix]) => (error.test(errors) ? `→ ${fix}` : []))].join('\n')
}

/**
 * Id of the lock that keeps Terraform from its state, if this user took it on this machine. Whoever asks has made sure that
 * no run of theirs is at work here any more, so nothing will ever release it.
 */
export function forgottenLock(output: string): string | undefined {
  if (!output.includes('Error acquiring the state lock')) return undefined
  const id = output.match(/^\W*ID:\s+(\S+)/m)?.[1]
  const who = output.match(/^\W*Who:\s+(\S+)/m)?.[1]
  return who === `${username()}@${hostname()}` ? id : undefined
}

/** As Terraform has it; a user may have no name, as with `docker run --user 1234`. */
export function username(): string {
  try {
    return userInfo().username
  } catch {
    return process.env.USER ?? ''
  }
}
