import { request as send } from 'node:http'
import type { Socket } from 'node:net'
import type { Recorded } from './recorder.ts'

/** Sends a recorded request once more to the gateway that it came to, byte by byte and with its credentials. */
export function replay({ httpMethod, target, rawHeaders, body }: Recorded, gateway: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = send({
      host: gateway.localAddress,
      port: gateway.localPort,
      method: httpMethod,
      path: target,
      headers: framed(rawHeaders, body?.bytes.length ?? 0),
      setHost: false,
      agent: false,
    })
    request.once('response', (response) => response.resume().once('end', resolve).once('error', reject))
    request.once('error', reject).end(body?.bytes)
  })
}

/** A body that came in chunks goes out whole; whoever waited for a `100 Continue` has had it. */
function framed(rawHeaders: readonly string[], length: number): string[] {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !/^(transfer-encoding|content-length|expect|connection)$/i.test(name)
      ? [name, rawHeaders[index + 1] ?? '']
      : [],
  )
  return length > 0 ? [...headers, 'Content-Length', String(length)] : headers
}
