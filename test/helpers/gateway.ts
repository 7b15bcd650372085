import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
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

export type Reply = Awaited<ReturnType<typeof send>>

/** A gateway on a free port; the function is `handler`, which by default answers with its event as JSON. */
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
  const { port } = server.address() as AddressInfo
  return {
    port,
    records,
    /** One request on a connection of its own; the path and the headers go out as they are. */
    send: (path: string, options: RequestOptions = {}, body?: string | Buffer) => send(port, path, options, body),
    /** The event that a request becomes. */
    event: async (path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<ProxyEvent> =>
      JSON.parse((await send(port, path, options, body)).body.toString()),
    /** Bytes in, and all that comes back until the gateway closes the connection. */
    raw: (bytes: string | Buffer) => raw(port, bytes, false),
    /** The same, from a client that says that nothing more will come. */
    rawThenEnd: (bytes: string | Buffer) => raw(port, bytes, true),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function send(port: number, path: string, options: RequestOptions, body?: string | Buffer) {
  // It fails where the gateway has answered before it has read all.
  const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options }).on('error', () => {})
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const { statusCode: status = 0, headers, rawHeaders } = response
  return { status, headers, rawHeaders, body: await buffer(response) }
}

async function raw(port: number, bytes: string | Buffer, end: boolean): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  if (end) socket.end(bytes)
  else socket.write(bytes, 'latin1')
  return (await socket.toArray()).join('')
}
