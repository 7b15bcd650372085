import type { ApiWiring } from '../../wiring/apis.ts'

/**
 * Token buckets, as API Gateway throttles by: each request takes a token, `rate` of them come back a second, and there are never
 * more than `burst`. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export class Throttle {
  readonly #buckets = new Map<string, { tokens: number; time: number }>()

  /** Whether one more request may pass. @param now milliseconds */
  take(
    bucket: string,
    { rateLimit: rate, burstLimit: burst }: Pick<ApiWiring, 'rateLimit' | 'burstLimit'>,
    now = performance.now(),
  ): boolean {
    const known = this.#buckets.get(bucket)
    const tokens = known ? Math.min(burst, known.tokens + ((now - known.time) / 1000) * rate) : burst
    const passes = tokens >= 1
    this.#buckets.set(bucket, { tokens: passes ? tokens - 1 : tokens, time: now })
    return passes
  }
}
