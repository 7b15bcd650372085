import type { BaseIssue } from 'valibot'

const WITHOUT_ARTICLE = /^(null|undefined|never|any|unknown|void|NaN)$/

/** `string` as in a sentence; `"a"` and `5` as they are. */
function named(type: string): string {
  if (!/^[A-Za-z]+$/.test(type) || WITHOUT_ARTICLE.test(type)) return type
  const noun = type.toLowerCase()
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

/**
 * Says what a schema without a message of its own asks for. Valibot's would repeat what was received, which callers' values and secrets
 * are part of, and it is logged.
 */
export function plainMessage({ type, expected, message }: BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not known'
  // `Invalid length: Expected <=5 but received 6`
  const label = message.slice('Invalid '.length, message.indexOf(':'))
  if (expected === null) return label === 'input' ? 'is not valid' : `must be a valid ${label}`
  if (label !== 'type') return `must have ${type === 'non_empty' ? 'a length above 0' : `${label} ${expected}`}`
  return `must be ${expected
    .replace(/^\((.*)\)$/, '$1')
    .split(' | ')
    .map(named)
    .join(' or ')}`
}
