import { type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorAnswer, type GatewayError } from './gateway-response.ts'

/** Milliseconds that a refused client has to read the answer. */
const LINGER = 1_000

/** Codes of Node.js's HTTP parser, other than "this is no HTTP". */
const ERRORS: Readonly<Record<string, GatewayError>> = {
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestTimeout',
}

/** Answers what cannot be parsed as HTTP, CONNECT included, and closes its connection. */
export function refuseMalformedRequests(server: Server): void {
  const refused = new WeakSet<Duplex>()
  const refuse = (socket: Duplex, error: GatewayError) => {
    if (refused.has(socket)) return
    refused.add(socket)
    if (!socket.writable) return socket.destroy()
    socket.on('error', () => socket.destroy())
    socket.end(serialize(error))
    // Closing with unread bytes would reset the connection, and the client might never see the answer.
    socket.resume()
    setTimeout(() => socket.destroy(), LINGER).unref()
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') socket.destroy()
    else refuse(socket, ERRORS[error.code ?? ''] ?? 'badRequest')
  })
  server.on('connect', (_request, socket) => refuse(socket, 'noRoute'))
}

function serialize(error: GatewayError): string {
  const { status, headers, body } = errorAnswer(error, undefined)
  const lines = [...headers, ['Content-Length', String(body.length)], ['Connection', 'close']]
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    body.toString(),
  ].join('\r\n')
}
