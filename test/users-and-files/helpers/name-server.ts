import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A name server to which every name is 127.0.0.1, unless it is silent. */
export class NameServer {
  /** Port 53 of it: one of loopback's 16 million, as another run of the tests may have its own. */
  readonly address = ['127', ...[0, 0, 0].map(() => randomInt(1, 255))].join('.')
  silent = false
  /** Questions that came. */
  asked = 0
  #socket: Socket | undefined

  async start(): Promise<this> {
    const socket = createSocket('udp4')
    this.#socket = socket
    socket.on('message', (question, { port, address }) => {
      this.asked += 1
      if (!this.silent) socket.send(answer(question), port, address)
    })
    socket.bind(53, this.address)
    await once(socket, 'listening')
    return this
  }

  /** From now on there is nobody to be asked. */
  stop(): void {
    this.#socket?.close()
    this.#socket = undefined
  }
}

/** RFC 1035, 4.1. */
function answer(query: Buffer): Buffer {
  const end = query.indexOf(0, 12) + 5
  const isIpv4 = query.readUInt16BE(end - 4) === 1
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(0x8180, 2)
  const record = isIpv4 ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1] : []
  for (const [index, count] of [1, record.length && 1, 0, 0].entries()) header.writeUInt16BE(count, 4 + 2 * index)
  return Buffer.concat([header, query.subarray(12, end), Buffer.from(record)])
}
