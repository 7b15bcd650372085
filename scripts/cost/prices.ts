/**
 * AWS's prices on demand, in US dollars without tax, of the two regions that this project speaks of. The one place where a
 * price stands.
 *
 * Collected on 2026-11-24 without an AWS account at hand: those of ap-northeast-2 for network, database, logs, S3, keys and
 * secrets as the Price List had them on 2026-10-01, the others as they have stood on AWS's price pages for years. Check them
 * before you rely on them:
 * https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonRDS/current/ap-northeast-2/index.json, and likewise AWSLambda,
 * AmazonApiGateway, AmazonS3, AmazonCloudWatch, AmazonVPC, AWSSecretsManager, awskms, AmazonECR, AWSXRay, AWSDataTransfer.
 */
export const PRICES_FROM = '2026-11-24'

/** AWS's own month. */
export const HOURS_A_MONTH = 730
export const MILLION = 1_000_000

export interface Prices {
  readonly lambda: {
    readonly request: number
    /** By architecture: of duration × memory. The first six billion GB-seconds a month. */
    readonly gbSecond: Readonly<Record<'x86_64' | 'arm64', number>>
    /** By architecture: of provisioned concurrency, whether it is used or not. */
    readonly provisionedGbSecond: Readonly<Record<'x86_64' | 'arm64', number>>
  }
  /** REST APIs: the first 333 million requests a month. */
  readonly apiGateway: { readonly request: number }
  readonly s3: {
    /** PUT, COPY, POST, LIST. */
    readonly put: number
    /** GET and all others; DELETE is free. */
    readonly get: number
    /** Standard, the first 50 TB. */
    readonly gbMonth: number
  }
  /** To the internet, the first 10 TB a month; what comes in is free. */
  readonly transferOut: { readonly gb: number }
  readonly rds: {
    /** MySQL in one zone, by class; a class that is missing has no price here. */
    readonly instanceHour: Readonly<Record<string, number>>
    readonly gp3GbMonth: number
    /** A proxy, by vCPU of the database behind it, of which two are the least. */
    readonly proxyVcpuHour: number
  }
  /** An interface endpoint, by zone. */
  readonly vpcEndpoint: { readonly zoneHour: number; readonly gb: number }
  readonly secretsManager: { readonly secretMonth: number; readonly call: number }
  /** A key of one's own. Its first two rotations, a year apart, add the same each. */
  readonly kms: { readonly keyMonth: number; readonly request: number }
  readonly cloudWatch: {
    /** By metric that the alarm looks at. */
    readonly alarmMonth: number
    readonly dashboardMonth: number
    readonly customMetricMonth: number
    readonly logsIngestedGb: number
    readonly logsStoredGbMonth: number
    /** A query of Logs Insights, by what it reads. */
    readonly logsQueriedGb: number
  }
  readonly xray: { readonly trace: number }
  readonly ecr: { readonly gbMonth: number }
  /** E-mails that alarms send. */
  readonly sns: { readonly email: number }
}

/** The same in both regions. */
const everywhere = {
  apiGateway: { request: 3.5 / MILLION },
  secretsManager: { secretMonth: 0.4, call: 0.05 / 10_000 },
  kms: { keyMonth: 1, request: 0.03 / 10_000 },
  xray: { trace: 5 / MILLION },
  ecr: { gbMonth: 0.1 },
  sns: { email: 2 / 100_000 },
}
const lambda = { request: 0.2 / MILLION, gbSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 } }
const cloudWatch = { alarmMonth: 0.1, dashboardMonth: 3, customMetricMonth: 0.3 }

export const prices: Readonly<Record<'ap-northeast-2' | 'us-east-1', Prices>> = {
  'ap-northeast-2': {
    ...everywhere,
    lambda: { ...lambda, provisionedGbSecond: { x86_64: 0.0000051254, arm64: 0.0000041003 } },
    s3: { put: 0.0045 / 1000, get: 0.0035 / 10_000, gbMonth: 0.025 },
    transferOut: { gb: 0.126 },
    rds: {
      instanceHour: {
        'db.t3.micro': 0.026,
        'db.t3.small': 0.052,
        'db.t3.medium': 0.104,
        'db.t4g.micro': 0.025,
        'db.t4g.small': 0.051,
        'db.t4g.medium': 0.102,
        'db.t4g.large': 0.203,
      },
      gp3GbMonth: 0.131,
      proxyVcpuHour: 0.018,
    },
    vpcEndpoint: { zoneHour: 0.013, gb: 0.01 },
    cloudWatch: { ...cloudWatch, logsIngestedGb: 0.76, logsStoredGbMonth: 0.0314, logsQueriedGb: 0.0076 },
  },
  'us-east-1': {
    ...everywhere,
    lambda: { ...lambda, provisionedGbSecond: { x86_64: 0.0000041667, arm64: 0.0000033334 } },
    s3: { put: 0.005 / 1000, get: 0.0004 / 1000, gbMonth: 0.023 },
    transferOut: { gb: 0.09 },
    rds: {
      instanceHour: {
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
      gp3GbMonth: 0.115,
      proxyVcpuHour: 0.015,
    },
    vpcEndpoint: { zoneHour: 0.01, gb: 0.01 },
    cloudWatch: { ...cloudWatch, logsIngestedGb: 0.5, logsStoredGbMonth: 0.03, logsQueriedGb: 0.005 },
  },
}

/**
 * What every account has for nothing each month, however old it is, all its functions and projects together. What new
 * accounts are given on top, for a time or as credits, is not in here.
 */
export const alwaysFree = {
  lambda: { requests: MILLION, gbSeconds: 400_000 },
  cloudWatch: { alarmMetrics: 10, dashboards: 3, customMetrics: 10, logsGb: 5 },
  xray: { traces: 100_000 },
  kms: { requests: 20_000 },
  transferOut: { gb: 100 },
  sns: { emails: 1000 },
} as const
