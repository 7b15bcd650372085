import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { finished } from 'node:stream/promises'
import { pairs, type Recorded } from './recorder.ts'

/** Resends a request, byte for byte, to the server of this socket, and waits for the response. */
export async function replay(
  { httpMethod, target, rawHeaders }: Recorded,
  body: Buffer,
  { localAddress, localPort }: IncomingMessage['socket'],
): Promise<void> {
  // The recorded body is complete, so chunked encoding and `100 Continue` no longer apply.
  const headers = pairs(rawHeaders).filter(
    ([name]) => !/^(transfer-encoding|content-length|expect|connection)$/i.test(name),
  )
  const length = body.length > 0 ? ['Content-Length', String(body.length)] : []
  const to = { host: localAddress, port: localPort, method: httpMethod, path: target, agent: false }
  const sent = request({ ...to, headers: [...headers.flat(), ...length] })
  sent.end(body)
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (response) await finished(response.resume())
}
