import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { ecrOver } from './ecr.ts'
import { PLAIN } from './registry.ts'
import { listen } from './server.ts'

interface FakeAwsOptions {
  /** What Amazon ECR gives for a token. */
  readonly password: string
  /** `host:port` of the registry behind Amazon ECR's API. */
  readonly registry: string
  /** Whether the repository was created. */
  repositoryExists(): boolean
  /** The image's URI that a function runs; nothing where there is no such function. */
  image(functionName: string): Promise<string | undefined>
  /** A function error is an object with `errorMessage`. */
  invoke(functionName: string, event: unknown): Promise<{ readonly functionError?: string; readonly payload: string }>
}

/** The few operations of STS, IAM, ECR and Lambda that a deployment calls, on a free port; `calls` has them in order. */
export async function startFakeAws({ password, registry, repositoryExists, image, invoke }: FakeAwsOptions) {
  const calls: string[] = []
  const operations = ecrOver(registry, password, `http://${PLAIN.host}:${PLAIN.port}`, repositoryExists)
  const server = await listen(async (request, response) => {
    const body = await text(request)
    const operation = operationOf(request, body)
    calls.push(operation)
    const answer = async (): Promise<[status: number, body: string, headers?: Record<string, string>]> => {
      switch (operation) {
        case 'GetCallerIdentity':
          return [200, callerIdentity]
        case 'GetFunction': {
          const ImageUri = await image(request.url?.split('/')[3] ?? '')
          if (ImageUri === undefined) return [404, '{}', { 'x-amzn-errortype': 'ResourceNotFoundException' }]
          return [200, JSON.stringify({ Code: { ImageUri } })]
        }
        case 'Invoke': {
          const name = request.url?.split('/')[3] ?? ''
          const { functionError, payload } = await invoke(name, JSON.parse(body || '{}'))
          return [200, payload, functionError === undefined ? {} : { 'x-amz-function-error': functionError }]
        }
        default: {
          const ecr = await operations[operation]?.(JSON.parse(body))
          return ecr ? ['__type' in ecr ? 400 : 200, JSON.stringify(ecr)] : [403, accessDenied]
        }
      }
    }
    // A deployment that waits for an answer would wait for as long as its test may take.
    const [status, result, headers] = await answer().catch((error: Error) => [500, error.message] as const)
    response.writeHead(status, headers).end(result)
  })
  return { ...server, calls }
}

function operationOf(request: IncomingMessage, body: string): string {
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1)
  if (/^\/2015-03-31\/functions\/[^/]+\/invocations/.test(request.url ?? '')) return 'Invoke'
  if (/^\/2015-03-31\/functions\/[^/]+$/.test(request.url ?? '')) return 'GetFunction'
  return new URLSearchParams(body).get('Action') ?? 'unknown'
}

const callerIdentity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:sts::123456789012:assumed-role/deployer/test</Arn><UserId>AIDA:test</UserId><Account>123456789012</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>`

const accessDenied = `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not allowed</Message></Error>
</ErrorResponse>`
