import type { Settings } from '../../terraform/settings.ts'
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

/** Lines to paste, that carry what the APIs ask of callers. @param folder of the service stack's Terraform. */
export function curlLines({ rds, s3 }: Endpoints, { API_SECURITY, AWS_REGION }: Access, folder: string): string {
  const [before, options] = {
    open: ['', ''],
    iam: [
      '',
      ` --aws-sigv4 aws:amz:${AWS_REGION}:execute-api -u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"${SESSION}`,
    ],
    'api-key': [`API_KEY=$(terraform -chdir=${folder} output -raw api_key)`, ' -H "x-api-key: $API_KEY"'],
    cognito: [TOKEN, BEARER],
    jwt: [TOKEN, BEARER],
  }[API_SECURITY]
  const curl = `curl${options}`
  const json = "-H 'content-type: application/json' -d"
  // curl cannot sign a form, so what it gets is the form to send to S3.
  const upload =
    API_SECURITY === 'iam'
      ? `${curl} ${s3}/uploads ${json} '{"filename":"a.txt","size":5,"contentType":"text/plain"}'`
      : `${curl} ${s3} -F file=@README.md && ${curl} '${s3}?filename=README.md'`
  const lines = [`${curl} ${rds} ${json} '{"name":"Ada","age":36}'`, `${curl} ${rds}`, upload]
  return `\n  ${rds}\n  ${s3}\n\n${[before, ...lines].map((line) => line && `  ${line}\n`).join('')}`
}

type Access = Pick<Settings, 'API_SECURITY' | 'AWS_REGION'>

/** Nothing is sent of a header without a value. */
const SESSION = ' -H "x-amz-security-token: $AWS_SESSION_TOKEN"'
const BEARER = ' -H "authorization: Bearer $TOKEN"'
const TOKEN = 'TOKEN=…'
