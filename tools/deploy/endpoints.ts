import type { Settings } from '../../terraform/settings.ts'
import { images } from '../build/images.ts'
import type { Outputs } from './state.ts'

/** Where the APIs are, by their images: those that the smoke test uses, and any other. */
export interface Endpoints extends Readonly<Record<string, string>> {
  readonly rds: string
  readonly s3: string
}

/**
 * The APIs' URLs: RDS_URL, S3_URL where they are set, for APIs that this machine reaches by another way, or the outputs of
 * the service stack.
 */
export function endpointsOf(outputs: Outputs, env = process.env): Endpoints {
  const variable = (image: string) => `${image.toUpperCase()}_URL`
  const found = images.map((image) => [image, env[variable(image)] || outputs[`${image}_url`]] as const)
  const urls = Object.fromEntries(found.filter(([, url]) => typeof url === 'string')) as Record<string, string>
  const { rds, s3 } = urls
  if (rds && s3) return { ...urls, rds, s3 }
  const missing = ['rds', 's3'].filter((image) => !urls[image]).map(variable)
  throw new Error(`There is no URL of what is deployed: run \`make deploy\`, or set ${missing.join(' and ')}`)
}

/** Lines to paste, that carry what the APIs ask of callers. @param folder of the service stack's Terraform. */
export function curlLines(endpoints: Endpoints, { API_SECURITY, AWS_REGION }: Access, folder: string): string {
  const { rds, s3 } = endpoints
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
  const indented = (texts: readonly (string | undefined)[]) => texts.map((text) => text && `  ${text}\n`).join('')
  return `\n${indented(Object.values(endpoints))}\n${indented([before, ...lines])}`
}

type Access = Pick<Settings, 'API_SECURITY' | 'AWS_REGION'>

/** Nothing is sent of a header without a value. */
const SESSION = ' -H "x-amz-security-token: $AWS_SESSION_TOKEN"'
const BEARER = ' -H "authorization: Bearer $TOKEN"'
const TOKEN = 'TOKEN=…'

/** Where a deployment is watched, and what its alarms still need, in a line each. */
export function watchingLines(outputs: Outputs, { ALARM_EMAIL }: Pick<Settings, 'ALARM_EMAIL'>): string[] {
  const { dashboard_url: dashboard, alarm_email_unconfirmed: unconfirmed } = outputs
  return [
    ...(dashboard === undefined ? [] : [`Dashboard: ${dashboard}`]),
    ...(String(unconfirmed) === 'true'
      ? [
          `⚠ No alarm reaches ${ALARM_EMAIL} yet: it has to follow the link in the e-mail of AWS Notifications, within three days.`,
        ]
      : []),
  ]
}
