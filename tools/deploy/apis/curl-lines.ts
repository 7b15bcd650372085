import { readApis } from '../../docs/openapi/apis.ts'
import type { Access } from './caller.ts'
import type { ApiUrls } from './deployed-apis.ts'
import { plainRoutes } from './smoke-test.ts'

const TOKEN = { before: ['TOKEN=…'], options: ' -H "authorization: Bearer $TOKEN"' }
/** curl leaves out a header without a value. */
const SESSION = ' -H "x-amz-security-token: $AWS_SESSION_TOKEN"'

/** Command lines that call routes without parameters, with the credentials that the APIs ask for. @param folder of Terraform's outputs */
export async function curlLines(
  urls: ApiUrls,
  { API_SECURITY, AWS_REGION }: Access,
  folder: string,
): Promise<string[]> {
  const { before = [], options } = {
    open: { options: '' },
    iam: {
      options: ` --aws-sigv4 aws:amz:${AWS_REGION}:execute-api -u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"${SESSION}`,
    },
    'api-key': {
      before: [`API_KEY=$(terraform -chdir=${folder} output -raw api_key)`],
      options: ' -H "x-api-key: $API_KEY"',
    },
    cognito: TOKEN,
    jwt: TOKEN,
  }[API_SECURITY] as { before?: string[]; options: string }
  const calls = [...(await readApis())].flatMap(([name, api]) => {
    const [, path] = plainRoutes(api)[0]?.split(' ') ?? []
    return path && urls[name] ? [`curl${options} ${urls[name]}${path}`] : []
  })
  return calls.length > 0 ? [...before, ...calls] : []
}
