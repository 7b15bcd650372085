import { randomBytes } from 'node:crypto'

/** A new X-Ray trace header, as the gateway hands it on. */
export const newTrace = (): string =>
  `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`

/** With the parent and the decision to sample that it leaves open, as answers and invocations have it. */
export const completeTrace = (trace: string): string =>
  /parent=/i.test(trace) ? trace : `${trace};Parent=${randomBytes(8).toString('hex')};Sampled=0`
