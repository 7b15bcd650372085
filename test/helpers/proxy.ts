import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What a proxy's owner makes of bytes under way: `reset` ends the connection in their place. `connection` is the same for both ways. */
type Intercept = (bytes: Buffer, from: 'client' | 'server', connection: object) => 'reset' | undefined

/** A TCP proxy on 127.0.0.1 that does to connections what networks do. */
export class TcpProxy {
  port = 0
  /** Sees every chunk before it is passed on. */
  intercept: Intercept = () => undefined
  readonly #target: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #dropping = false

  constructor(target: number) {
    this.#target = target
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => this.#join(client))
  }

  async start(): Promise<this> {
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
    return this
  }

  /** From now on nothing comes through and nothing is closed, as where a firewall drops packets. */
  drop(): void {
    this.#dropping = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** What was held up arrives, as by TCP's own repeats. */
  pass(): void {
    this.#dropping = false
    for (const socket of this.#sockets) socket.resume()
  }

  /** Ends all connections, and refuses further ones until `start`. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #join(client: Socket): void {
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true })
    const connection = {}
    this.#pipe(client, server, 'client', connection)
    this.#pipe(server, client, 'server', connection)
  }

  #pipe(from: Socket, to: Socket, name: 'client' | 'server', connection: object): void {
    this.#sockets.add(from)
    from.setNoDelay()
    // Read on where the other side is gone: a connection closed with bytes unread is reset, and its last answer lost.
    from.on('data', (bytes) => {
      if (this.intercept(bytes, name, connection) === 'reset') {
        reset(from)
        reset(to)
      } else if (to.writable) {
        to.write(bytes)
      }
    })
    from.on('error', () => {})
    from.on('end', () => to.end())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.end()
    })
    if (this.#dropping) from.pause()
    else from.resume()
  }
}

/** Node.js 24 never closes a socket that is reset amid its own end, and then cannot exit: it turns in a circle. */
const reset = (socket: Socket) => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy())
