import type { Settings } from '../../terraform/settings.ts'
import { alwaysFree, MILLION, type Prices } from './prices.ts'

/** What a request is taken to be; each can be set. */
export interface Load {
  /** Milliseconds that Lambda bills for a request, cold starts spread over all. */
  readonly DURATION_RDS: number
  readonly DURATION_S3: number
  /** Kilobytes. */
  readonly FILE_KB: number
  readonly ANSWER_KB: number
}

export const usualLoad: Load = { DURATION_RDS: 20, DURATION_S3: 40, FILE_KB: 200, ANSWER_KB: 1 }

/** Bytes that a request adds to the logs: the function's line and Lambda's own two, with what CloudWatch adds to each. */
const FUNCTION_LOG = 1000
/** Likewise the gateway's line. */
const ACCESS_LOG = 550
const GB = 1e9

/** A kind of request, and what a million of them cost, part by part. */
export interface PerMillion {
  readonly kind: 'users' | 'uploads' | 'downloads'
  readonly parts: Readonly<Record<string, number>>
  readonly total: number
  /** What of the first million of a month is free in an account that uses its allowances for nothing else. */
  readonly free: number
}

type Priced = Pick<Settings, 'ARCHITECTURE' | 'MEMORY_RDS' | 'MEMORY_S3' | 'ACCESS_LOGS' | 'TRACING'>

export function perMillion(settings: Priced, prices: Prices, load: Load): PerMillion[] {
  const { ARCHITECTURE, MEMORY_RDS, MEMORY_S3, ACCESS_LOGS, TRACING } = settings
  const { lambda, apiGateway, s3, transferOut, cloudWatch, xray } = prices
  const logGb = ((FUNCTION_LOG + (ACCESS_LOGS === 'none' ? 0 : ACCESS_LOG)) * MILLION) / GB
  const kind = (
    kind: PerMillion['kind'],
    memory: number,
    milliseconds: number,
    own: Readonly<Record<string, number>>,
    kilobytesOut: number,
  ): PerMillion => {
    const gbSeconds = (memory / 1024) * (milliseconds / 1000) * MILLION
    const gbOut = (kilobytesOut * 1000 * MILLION) / GB
    const price = lambda.gbSecond[ARCHITECTURE]
    const parts = {
      'API Gateway': apiGateway.request * MILLION,
      'Lambda, requests': lambda.request * MILLION,
      'Lambda, duration': gbSeconds * price,
      'Log lines': logGb * cloudWatch.logsIngestedGb,
      ...(TRACING && { 'X-Ray, at most': xray.trace * MILLION }),
      ...own,
      'Transfer to the internet': gbOut * transferOut.gb,
    }
    const free =
      lambda.request * Math.min(MILLION, alwaysFree.lambda.requests) +
      price * Math.min(gbSeconds, alwaysFree.lambda.gbSeconds) +
      cloudWatch.logsIngestedGb * Math.min(logGb, alwaysFree.cloudWatch.logsGb) +
      (TRACING ? xray.trace * alwaysFree.xray.traces : 0) +
      transferOut.gb * Math.min(gbOut, alwaysFree.transferOut.gb)
    return { kind, parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0), free }
  }
  const { DURATION_RDS, DURATION_S3, FILE_KB, ANSWER_KB } = load
  return [
    kind('users', MEMORY_RDS, DURATION_RDS, {}, ANSWER_KB),
    kind('uploads', MEMORY_S3, DURATION_S3, { 'S3, requests': s3.put * MILLION }, ANSWER_KB),
    // A link needs no call to S3; whoever follows it makes one.
    kind('downloads', MEMORY_S3, DURATION_S3, { 'S3, requests': s3.get * MILLION }, ANSWER_KB + FILE_KB),
  ]
}

/** What the environment says of the load, and the usual for the rest. */
export function loadOf(env: Readonly<Record<string, string | undefined>>): Load {
  const entries = Object.entries(usualLoad).map(([name, usual]) => {
    const value = Number(env[name] || usual)
    if (!(value > 0)) throw new Error(`${name}=${env[name]} must be a number above 0`)
    return [name, value]
  })
  return Object.fromEntries(entries)
}
