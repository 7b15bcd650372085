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

/** An API whose methods all invoke the one function; `routes` are like `GET /rds/{id}`. */
export function api(routes: readonly string[], more: Partial<ApiWiring> = {}): ApiWiring {
  const methods = routes.map((route): MethodWiring => {
    const [httpMethod = '', resource = ''] = route.split(' ')
    return { resource, httpMethod, integration: { type: 'AWS_PROXY', functionName: 'fn', timeoutMs: 29_000 } }
  })
  return { name: 'api', stage: 'default', binaryMediaTypes: [], methods, gatewayResponseHeaders: {}, ...more }
}

/** What callers need where a method asks for it. */
export const keys = { apiKey: 'key', credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' } }

/** A gateway on a free port until the test or the file is over; the function is `handler`, by default it answers with its event as JSON. */
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

  /** One request on a connection of its own; the path and the headers go out as they are. */
  async function send(path: string, options: RequestOptions = {}, body?: string | Buffer) {
    // It fails where the gateway has answered before it has read all.
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
    /** The event that a request becomes. */
    event: async (...request: Parameters<typeof send>): Promise<ProxyEvent> =>
      JSON.parse(String((await send(...request)).body)),
    /** Bytes in, and all that comes back until the gateway closes the connection. @param end says that nothing more will come. */
    async raw(bytes: string | Buffer, end = false): Promise<string> {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1')
      if (end) socket.end(bytes, 'latin1')
      else socket.write(bytes, 'latin1')
      return (await socket.toArray()).join('')
    },
  }
}
