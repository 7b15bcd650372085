import type { Credentials } from './signature.ts'
import { S3Error } from './store-errors.ts'
import { type Limits, MAX_OBJECT_BYTES } from './store-objects.ts'
import { verifySignature } from './store-signature.ts'

/** Fields that no condition has to name. */
const EXEMPT = new Set(['x-amz-signature', 'policy', 'file', 'bucket'])

/**
 * Checks a POST's policy as S3 does: its signature, its expiration, and that every field meets a condition.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @param fields names in lower case, `bucket` included.
 * @returns the size that the file may have, in bytes.
 * @throws S3Error as S3 answers it.
 */
export function verifyPostPolicy(
  fields: ReadonlyMap<string, string>,
  credentials: Credentials,
  now = Date.now(),
): Limits {
  const policy = fields.get('policy')
  const signature = fields.get('x-amz-signature')
  if (!policy || !signature) throw new S3Error('AccessDenied', 'Access Denied')
  if (fields.get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new S3Error('InvalidArgument', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"')
  }
  verifySignature(policy, fields.get('x-amz-credential') ?? '', signature, credentials)

  const { expiration, conditions } = parsePolicy(policy)
  if (now > expiration) throw violation('Policy expired.')
  const named = new Set<string>()
  let limits: Limits = { min: 0, max: MAX_OBJECT_BYTES }
  for (const condition of conditions.flatMap(normalise)) {
    const [operator, operand, value] = condition
    if (operator === 'content-length-range') {
      limits = { min: Math.max(limits.min, Number(operand)), max: Math.min(limits.max, Number(value)) }
      continue
    }
    const name = String(operand).replace(/^\$/, '').toLowerCase()
    named.add(name)
    if (!meets(operator, name, fields.get(name) ?? '', String(value))) {
      throw violation(`Policy Condition failed: ${JSON.stringify(condition)}`)
    }
  }
  const extra = [...fields.keys()].filter(
    (name) => !named.has(name) && !EXEMPT.has(name) && !name.startsWith('x-ignore-'),
  )
  if (extra.length > 0) throw violation(`Extra input fields: ${extra.join(', ')}`)
  return limits
}

type Condition = readonly [operator: string, operand: string | number, value: string | number]

function meets(operator: string, name: string, actual: string, expected: string): boolean {
  if (operator !== 'starts-with') return actual === expected
  // A list of content types: each has to begin so.
  const values = name === 'content-type' ? actual.split(',') : [actual]
  return values.every((value) => value.startsWith(expected))
}

function parsePolicy(policy: string): { expiration: number; conditions: readonly unknown[] } {
  let document: { expiration?: unknown; conditions?: unknown } | null
  try {
    document = JSON.parse(Buffer.from(policy, 'base64').toString())
  } catch {
    throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.')
  }
  const expiration = Date.parse(String(document?.expiration))
  if (Number.isNaN(expiration))
    throw new S3Error('InvalidPolicyDocument', "Invalid Policy: Invalid 'expiration' value.")
  if (!Array.isArray(document?.conditions)) {
    throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Policy missing conditions.')
  }
  return { expiration, conditions: document.conditions }
}

/** `{"name": "value"}` is short for `["eq", "$name", "value"]`. */
function normalise(condition: unknown): Condition[] {
  const known = Array.isArray(condition)
    ? [condition]
    : Object.entries(condition ?? {}).map(([name, value]) => ['eq', `$${name}`, value])
  for (const [operator, operand, value] of known) {
    const range = operator === 'content-length-range'
    const valid = range ? isSize(operand) && isSize(value) : typeof operand === 'string' && typeof value === 'string'
    if (!valid || !['eq', 'starts-with', 'content-length-range'].includes(operator)) {
      throw new S3Error('InvalidPolicyDocument', `Invalid Policy: Invalid Condition: ${JSON.stringify(condition)}`)
    }
  }
  return known as unknown as Condition[]
}

function isSize(value: unknown): boolean {
  return /^\d+$/.test(String(value))
}

function violation(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`)
}
