import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What comes of bytes under way: as by a firewall they are dropped, or the connection is reset in their place. */
type Fault = 'drop' | 'reset' | undefined

/** A TCP proxy on 127.0.0.1 that does to connections what networks do. */
export async function startProxy(target: number) {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    pipe(client, upstream, 'client')
    pipe(upstream, client, 'server')
  })

  function pipe(from: Socket, to: Socket, name: 'client' | 'server'): void {
    sockets.add(from)
    from.setNoDelay()
    // Read on where the other side is gone: a connection closed with bytes unread is reset, and its last answer lost.
    from.on('data', (bytes) => {
      const fault = proxy.intercept(bytes, name)
      if (fault === 'reset') for (const each of [from, to]) reset(each)
      else if (fault !== 'drop' && to.writable) to.write(bytes)
    })
    from.on('error', () => {})
    from.on('end', () => to.end())
    from.on('close', () => {
      sockets.delete(from)
      to.end()
    })
  }

  const proxy = {
    port: 0,
    /** Sees every chunk before it is passed on. */
    intercept: (_bytes: Buffer, _from: 'client' | 'server'): Fault => undefined,
    /** Listens, again where it did before. */
    async start() {
      server.listen(proxy.port, '127.0.0.1')
      await once(server, 'listening')
      proxy.port = (server.address() as AddressInfo).port
    },
    /** Ends all connections, and refuses further ones until `start`. */
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  await proxy.start()
  return proxy
}

/** Node.js 24 never closes a socket that is reset amid its own end, and then cannot exit: it turns in a circle. */
const reset = (socket: Socket) => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy())
