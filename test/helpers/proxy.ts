import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Fault for bytes in transit: dropped, as by a firewall, or answered with a connection reset. */
type Fault = 'drop' | 'reset' | undefined

/** Starts a TCP proxy on 127.0.0.1 that simulates network faults. */
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
    // Reads on after the other side closed: unread bytes would reset the connection and lose its last answer.
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
    /** Inspects every chunk before the proxy forwards it. */
    intercept: (_bytes: Buffer, _from: 'client' | 'server'): Fault => undefined,
    /** Listens, on the same port after a restart. */
    async start() {
      server.listen(proxy.port, '127.0.0.1')
      await once(server, 'listening')
      proxy.port = (server.address() as AddressInfo).port
    },
    /** Closes all connections, and refuses new ones until `start`. */
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  await proxy.start()
  return proxy
}

/** Node.js 24 never closes a socket reset during its own end, and then loops instead of exiting. */
const reset = (socket: Socket) => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy())
