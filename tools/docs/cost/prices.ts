/**
 * Date of AWS's prices on demand, in US dollars without tax. Those of ap-northeast-2 for network, database, logs, S3, keys and
 * secrets are the Price List's of 2026-10-01; the others have stood on AWS's price pages for years. Check them before you rely on
 * them: https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonRDS/current/ap-northeast-2/index.json, and so on by service.
 */
export const PRICES_FROM = '2026-11-24'

/** AWS's own month. */
export const HOURS_A_MONTH = 730

const everywhere = {
  /** The first 333 million a month, of a REST API. */
  gatewayMillion: 3.5,
  lambdaMillion: 0.2,
  /** Of duration × memory: the first six billion a month. */
  lambdaGbSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
  secretMonth: 0.4,
  /** Its first two rotations, a year apart, add the same each. */
  keyMonth: 1,
  traceMillion: 5,
  imageGbMonth: 0.1,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  metricMonth: 0.3,
}

const seoul = {
  ...everywhere,
  /** Of provisioned concurrency, whether it is used or not. */
  provisionedGbSecond: { x86_64: 0.0000051254, arm64: 0.0000041003 },
  s3PutMillion: 4.5,
  s3GetMillion: 0.35,
  s3GbMonth: 0.025,
  /** To the internet, the first 10 TB a month; what comes in is free. */
  transferGb: 0.126,
  /** MySQL in one zone, by class. */
  databaseHour: {
    'db.t3.micro': 0.026,
    'db.t3.small': 0.052,
    'db.t3.medium': 0.104,
    'db.t4g.micro': 0.025,
    'db.t4g.small': 0.051,
    'db.t4g.medium': 0.102,
    'db.t4g.large': 0.203,
  } as Readonly<Record<string, number>>,
  databaseGbMonth: 0.131,
  endpointHour: 0.013,
  logIngestedGb: 0.76,
  logGbMonth: 0.0314,
}

export type Prices = typeof seoul

const virginia: Prices = {
  ...everywhere,
  provisionedGbSecond: { x86_64: 0.0000041667, arm64: 0.0000033334 },
  s3PutMillion: 5,
  s3GetMillion: 0.4,
  s3GbMonth: 0.023,
  transferGb: 0.09,
  databaseHour: {
    'db.t3.micro': 0.017,
    'db.t3.small': 0.034,
    'db.t3.medium': 0.068,
    'db.t4g.micro': 0.016,
    'db.t4g.small': 0.032,
    'db.t4g.medium': 0.065,
    'db.t4g.large': 0.129,
    'db.m7g.large': 0.168,
    'db.r7g.large': 0.239,
  },
  databaseGbMonth: 0.115,
  endpointHour: 0.01,
  logIngestedGb: 0.5,
  logGbMonth: 0.03,
}

export const prices = { 'ap-northeast-2': seoul, 'us-east-1': virginia }
