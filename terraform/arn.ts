/** `aws` everywhere but in the regions that stand apart, e.g. `aws-cn` in cn-north-1. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** Where people look at a region, e.g. `ap-northeast-2.console.aws.amazon.com`. */
export function consoleHost(region: string): string {
  const domains = {
    aws: 'console.aws.amazon.com',
    'aws-cn': 'console.amazonaws.cn',
    'aws-us-gov': 'console.amazonaws-us-gov.com',
  }
  return `${region}.${domains[partitionOf(region)]}`
}

/** An IAM policy with these statements. */
export const policyDocument = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
