import { type IncomingMessage, type RequestListener, type ServerResponse, request as send } from 'node:http'
import { pipeline } from 'node:stream'
import { listen } from '../../tools/local/listen.ts'

export { listen }

/** Forwards a request to another server, with the client's Host header. */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: { host: string; port: number },
): void {
  const { method = '', url, headers } = request
  const forwarded = send({ ...target, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    // An aborted answer would otherwise hang the client.
    pipeline(answer, response, () => {})
  })
  pipeline(request, forwarded, (error) => error && response.destroy())
}

/** Serves until the test or the file ends. @returns its URL. */
export async function serve(
  context: { after(stop: () => Promise<void>): void },
  listener: RequestListener,
): Promise<string> {
  const { url, stop } = await listen(listener)
  context.after(stop)
  return url
}

/** Variables that direct the AWS SDK to this server. */
export const awsAt = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'ap-northeast-2',
  AWS_MAX_ATTEMPTS: '1',
})
