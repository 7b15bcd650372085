import { type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorAnswer, type GatewayErrorType } from './gateway-response.ts'

/** Milliseconds before a refused client is disconnected. */
const LINGER = 1_000

/** Errors of Node.js's HTTP parser; all others are a 400. */
const ERRORS: Readonly<Record<string, GatewayErrorType>> = {
  HPE_HEADER_OVERFLOW: 'headersTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'requestTimeout',
}

/** Responds to malformed requests and to CONNECT, and closes the connection. */
export function refuseMalformedRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else refuse(socket, ERRORS[error.code ?? ''] ?? 'badRequest')
  })
  server.on('connect', (_request, socket) => refuse(socket, 'noRoute'))
}

function refuse(socket: Duplex, error: GatewayErrorType): void {
  const { status, headers, body } = errorAnswer(error)
  const fields = [...headers, ['Content-Length', body.length], ['Connection', 'close']]
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields.map((field) => field.join(': '))]
  socket.on('error', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Closing a socket with unread bytes resets the connection, and the client may lose the response.
  socket.resume()
  setTimeout(() => socket.destroy(), LINGER).unref()
}
