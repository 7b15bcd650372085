import type { BaseIssue } from 'valibot'

/**
 * Says what a schema without a message of its own asks for. Valibot's would repeat what was received, which callers' values and secrets
 * are part of, and it is logged.
 */
export function plainMessage({ expected, message }: BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not known'
  // `Invalid length: Expected <=5 but received 6`
  const label = message.slice('Invalid '.length, message.indexOf(':'))
  if (expected === null) return label === 'input' ? 'is not valid' : `must be a valid ${label}`
  return label === 'type' ? `must be ${expected}` : `must have ${label} ${expected}`
}
