import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after } from 'node:test'
import { accessControl } from '../../tools/local/gateway/authorization/access-control.ts'
import { createGateway, type GatewayOptions, type RequestRecord } from '../../tools/local/gateway/gateway.ts'
import type { ProxyEvent } from '../../tools/local/gateway/proxy-event.ts'
import type { ApiWiring } from '../../tools/local/wiring/apis.ts'
import type { MethodWiring } from '../../tools/local/wiring/methods.ts'

/** An API whose methods all invoke the same function; `routes` are like `GET /rds/{id}`. */
export function api(routes: readonly string[], more: Partial<ApiWiring> = {}): ApiWiring {
  const methods = routes.map((route): MethodWiring => {
    const [httpMethod = '', resource = ''] = route.split(' ')
    return { resource, httpMethod, integration: { type: 'AWS_PROXY', functionName: 'fn', timeoutMs: 29_000 } }
  })
  return { name: 'api', stage: 'default', binaryMediaTypes: [], methods, gatewayResponseHeaders: {}, ...more }
}

/** Credentials for protected methods. */
export const keys = { apiKey: 'key', credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' } }

/** Serves a gateway on a free port until the test or file ends; the function `handler` echoes its event by default. */
export async function startGateway(
  apis: readonly ApiWiring[],
  handler: (event: ProxyEvent) => unknown = (event) => ({ body: JSON.stringify(event) }),
  more: Partial<GatewayOptions> = {},
) {
  const records: RequestRecord[] = []
  const server = createGateway({
    apis: () => apis,
    invoke: async (_name, event) => {
      const answer = await handler(event as ProxyEvent)
      return { requestId: 'r', payload: JSON.stringify(answer) ?? 'null', duration: 1 }
    },
    access: accessControl(keys),
    onRequest: (record) => records.push(record),
    ...more,
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo

  /** Sends one request on a new connection, with path and headers unchanged. */
  async function send(path: string, options: RequestOptions = {}, body?: string | Buffer) {
    // Fails if the gateway answers before it has read the body.
    const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options }).on('error', () => {})
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const { statusCode: status = 0, headers, rawHeaders } = response
    return { status, headers, rawHeaders, body: await buffer(response) }
  }

  return {
    port,
    records,
    send,
    /** Sends a request. @returns its event. */
    event: async (...request: Parameters<typeof send>): Promise<ProxyEvent> =>
      JSON.parse(String((await send(...request)).body)),
    /** Sends bytes. @param end half-closes the connection. @returns everything received until the gateway closes it. */
    async raw(bytes: string | Buffer, end = false): Promise<string> {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1')
      if (end) socket.end(bytes, 'latin1')
      else socket.write(bytes, 'latin1')
      return (await socket.toArray()).join('')
    },
  }
}
