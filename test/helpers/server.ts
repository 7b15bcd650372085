import { type IncomingMessage, type RequestListener, type ServerResponse, request as send } from 'node:http'
import { pipeline } from 'node:stream'
import { listen } from '../../tools/local/listen.ts'

export { listen }

/** Lets another server answer, by the host name that the client has. */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: { host: string; port: number },
): void {
  const { method = '', url, headers } = request
  const forwarded = send({ ...target, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    // An answer that breaks off would otherwise leave the client waiting for its end.
    pipeline(answer, response, () => {})
  })
  pipeline(request, forwarded, (error) => error && response.destroy())
}

/** Serves until a test, or the tests of a file, are over. @returns its URL. */
export async function serve(
  context: { after(stop: () => Promise<void>): void },
  listener: RequestListener,
): Promise<string> {
  const { url, stop } = await listen(listener)
  context.after(stop)
  return url
}

/** Variables by which AWS's SDK calls that server. */
export const awsAt = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'ap-northeast-2',
  AWS_MAX_ATTEMPTS: '1',
})
