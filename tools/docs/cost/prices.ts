/**
 * Date of AWS's on-demand prices, in US dollars without tax. ap-northeast-2's prices for network, database, logs, S3, keys and secrets
 * come from the Price List of 2026-10-01; the others have been on AWS's price pages for years. Check them before you rely on them:
 * https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonRDS/current/ap-northeast-2/index.json, and so on by service.
 */
export const PRICES_FROM = '2026-11-24'

/** Hours that AWS bills for a month. */
export const HOURS_A_MONTH = 730
/** Price of arm64 relative to x86_64, for Lambda's GB-seconds. */
export const ARM64 = 0.8

/** Prices in ap-northeast-2, and in us-east-1. */
const table = {
  /** REST APIs, for the first 333 million requests a month. */
  gatewayMillion: [3.5, 3.5],
  lambdaMillion: [0.2, 0.2],
  /** Duration × memory, for the first six billion a month. */
  lambdaGbSecond: [0.0000166667, 0.0000166667],
  /** Provisioned concurrency, used or not. */
  provisionedGbSecond: [0.0000051254, 0.0000041667],
  traceMillion: [5, 5],
  logIngestedGb: [0.76, 0.5],
  logGbMonth: [0.0314, 0.03],
  imageGbMonth: [0.1, 0.1],
  s3PutMillion: [4.5, 5],
  s3GetMillion: [0.35, 0.4],
  s3GbMonth: [0.025, 0.023],
  /** To the internet, for the first 10 TB a month; inbound traffic is free. */
  transferGb: [0.126, 0.09],
  endpointHour: [0.013, 0.01],
  secretMonth: [0.4, 0.4],
  /** The first two yearly rotations add the same again each. */
  keyMonth: [1, 1],
  alarmMonth: [0.1, 0.1],
  dashboardMonth: [3, 3],
  metricMonth: [0.3, 0.3],
  databaseGbMonth: [0.131, 0.115],
  // MySQL in one zone, per hour.
  'db.t3.micro': [0.026, 0.017],
  'db.t3.small': [0.052, 0.034],
  'db.t3.medium': [0.104, 0.068],
  'db.t4g.micro': [0.025, 0.016],
  'db.t4g.small': [0.051, 0.032],
  'db.t4g.medium': [0.102, 0.065],
  'db.t4g.large': [0.203, 0.129],
} as const

/** Prices of a region, or of Virginia if unknown; `region` is the one used. */
export function pricesOf(wanted: string) {
  const column = wanted === 'ap-northeast-2' ? 0 : 1
  const prices = Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row[column]]))
  return { region: column === 0 ? wanted : 'us-east-1', prices: prices as Record<keyof typeof table, number> }
}
