import type { Outputs } from './cdktf.ts'

/** Where the two APIs are. */
export interface Endpoints {
  readonly rds: string
  readonly s3: string
}

/**
 * The APIs' URLs: RDS_URL and S3_URL where they are set, for APIs that this machine reaches by another way, or the outputs of
 * the service stack.
 */
export function endpointsOf(outputs: Outputs, env = process.env): Endpoints {
  const url = (name: string, output: string) => {
    const found = env[name] || outputs[output]
    if (typeof found === 'string') return found
    throw new Error(`There is no URL to test: run \`make deploy\`, or set ${name}`)
  }
  return { rds: url('RDS_URL', 'rds_url'), s3: url('S3_URL', 's3_url') }
}

/** Lines to paste. */
export const curlLines = ({ rds, s3 }: Endpoints): string => `
  ${rds}
  ${s3}

  curl ${rds} -H 'content-type: application/json' -d '{"name":"Ada","age":36}'
  curl ${rds}
  curl ${s3} -F file=@README.md && curl '${s3}?filename=README.md'
`
