import { randomBytes } from 'node:crypto'

/** Creates an X-Ray trace header, as the gateway passes it on. */
export const newTrace = (): string =>
  `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`

/** Adds missing fields, as in responses and invocations. */
export function completeTrace(trace: string): string {
  const field = (name: string) => new RegExp(`(?:^|;)\\s*${name}=([^;]+)`, 'i').exec(trace)?.[1]?.trim()
  const [root = newTrace().slice('Root='.length), parent, sampled] = ['root', 'parent', 'sampled'].map(field)
  return `Root=${root};Parent=${parent ?? randomBytes(8).toString('hex')};Sampled=${sampled ?? (parent ? '1' : '0')}`
}
