import type { BaseIssue } from 'valibot'

/**
 * Default message of a schema. Valibot's own repeats the received value, which may be a caller's data or a secret, and messages
 * are logged.
 */
export function plainMessage({ expected, message }: BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not known'
  // `Invalid length: Expected <=5 but received 6`
  const label = message.slice('Invalid '.length, message.indexOf(':'))
  if (expected === null) return label === 'input' ? 'is not valid' : `must be a valid ${label}`
  return label === 'type' ? `must be ${expected}` : `must have ${label} ${expected}`
}
