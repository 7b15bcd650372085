import { HOURS_A_MONTH, prices } from '../scripts/cost/prices.ts'
import { readSettings } from '../terraform/settings.ts'
import type { Metrics } from './functions.ts'
import { median } from './statistics.ts'

/** What a month costs in AWS, by requests a second. */
export interface Bill {
  /** Milliseconds that Lambda is taken to bill for a request. */
  readonly billed: number
  /** Dollars by requests a second: gateway, function and logs. */
  readonly monthly: Readonly<Record<number, number>>
  /** Dollars of that for the function's duration, by requests a second. */
  readonly duration: Readonly<Record<number, number>>
}

export const RATES = [1, 10, 100] as const
export const REGION = 'ap-northeast-2'
/** MB with which Lambda gives a whole CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const WHOLE_CPU = 1769
/** GB that a request adds to the logs, and that its answer has. */
const LOG_GB = 1000 / 1e9
const ANSWER_GB = 1000 / 1e9
/** Requests of a hundred that meet a cold start. */
export const COLD_PERCENT = 1

const settings = readSettings({})
export const memoryOf = { users: settings.MEMORY_RDS, files: settings.MEMORY_S3 }

/**
 * Nine pages of users for each creation; as many links as uploads. All of a duration is taken for computing, which a function of less
 * memory than a whole CPU's does so much slower: the most that it can cost.
 */
export function billOf(kind: 'users' | 'files', metrics: Metrics): Bill {
  const value = (metric: string) => median(metrics[metric] ?? [])
  const warm = kind === 'users' ? 0.9 * value('list') + 0.1 * value('create') : (value('link') + value('upload')) / 2
  const slower = Math.max(1, WHOLE_CPU / memoryOf[kind])
  // The start itself has a whole CPU, whatever the memory, and is billed too.
  const cold = value('ready') + slower * (value('first') - value('ready'))
  const share = COLD_PERCENT / 100
  const billed = Math.ceil((1 - share) * slower * warm) + share * cold
  const { gatewayRequest, lambdaRequest, lambdaGbSecond, logIngestedGb, s3Put, transferGb } = prices[REGION]
  const duration = (memoryOf[kind] / 1024) * (billed / 1000) * lambdaGbSecond[settings.ARCHITECTURE]
  // A link needs no call to S3.
  const own = kind === 'files' ? s3Put / 2 : 0
  const request = gatewayRequest + lambdaRequest + duration + own + LOG_GB * logIngestedGb + ANSWER_GB * transferGb
  const byRate = (price: number) => Object.fromEntries(RATES.map((rate) => [rate, price * rate * HOURS_A_MONTH * 3600]))
  return { billed, monthly: byRate(request), duration: byRate(duration) }
}
