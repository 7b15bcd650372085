import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/**
 * Speaks as much of MySQL's protocol as it takes to let anyone in and to answer statements: a SELECT with one user, all else with success.
 * It keeps nothing. https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html
 */
export async function startDatabase(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

const [QUIT, PREPARE, EXECUTE, CLOSE] = [0x01, 0x16, 0x17, 0x19]
/** With a database, protocol 4.1, transactions, 20 bytes of scramble, a plugin for authentication. */
const CAPABILITIES = 0x0008a209
const UTF8MB4 = 255
const OK = bytes(0, 1, 1, 2, 0, 0, 0)
const END = bytes(0xfe, 0, 0, 2, 0)

function serve(socket: Socket): void {
  const statements: string[] = []
  let authenticated = false
  socket.on('error', () => {})
  send(socket, 0, [
    Buffer.concat([
      ...[bytes(10), text('8.4.0'), int(1, 4), text('8 bytes.'), int(CAPABILITIES & 0xffff, 2), bytes(UTF8MB4)],
      ...[int(2, 2), int(CAPABILITIES >>> 16, 2), bytes(21), Buffer.alloc(10), text('12 more bytes'.slice(0, 12))],
      text('caching_sha2_password'),
    ]),
  ])
  // A client waits for its answer before it sends the next command, and these are short: one chunk is one packet.
  socket.on('data', (packet) => {
    const [command] = packet.subarray(4)
    if (!authenticated) {
      authenticated = true
      // The server knows the password's hash: no more questions.
      send(socket, 2, [bytes(1, 3), OK])
    } else if (command === QUIT) {
      socket.end()
    } else if (command === PREPARE) {
      const sql = packet.toString('utf8', 5)
      send(socket, 1, prepared(statements.push(sql), sql))
    } else if (command === EXECUTE) {
      const sql = statements[packet.readUInt32LE(5) - 1] ?? ''
      send(socket, 1, isSelect(sql) ? [bytes(COLUMNS.length), ...COLUMNS, END, ROW, END] : [OK])
    } else if (command !== CLOSE) {
      send(socket, 1, [OK])
    }
  })
}

function prepared(id: number, sql: string): Buffer[] {
  const parameters = Array.from(sql.matchAll(/\?/g), () => column('?', 253))
  const columns = isSelect(sql) ? COLUMNS : []
  const counts = [int(columns.length, 2), int(parameters.length, 2)]
  const header = Buffer.concat([bytes(0), int(id, 4), ...counts, Buffer.alloc(3)])
  const list = (definitions: readonly Buffer[]) => (definitions.length > 0 ? [...definitions, END] : [])
  return [header, ...list(parameters), ...list(columns)]
}

const isSelect = (sql: string) => sql.startsWith('SELECT')

const COLUMNS = [column('id', 3), column('name', 253), column('age', 1)]
const ROW = Buffer.concat([bytes(0, 0), int(1, 4), bytes(3), Buffer.from('Ada'), bytes(36)])

/** @param type of the protocol: 1 is one byte, 3 four, 253 text. */
function column(name: string, type: number): Buffer {
  const named = ['def', '', 'users', 'users', name, name].flatMap((part) => [bytes(part.length), Buffer.from(part)])
  return Buffer.concat([...named, bytes(12), int(UTF8MB4, 2), int(1020, 4), bytes(type), Buffer.alloc(5)])
}

function send(socket: Socket, sequence: number, payloads: readonly Buffer[]): void {
  const packets = payloads.map((payload, index) =>
    Buffer.concat([int(payload.length, 3), bytes(sequence + index), payload]),
  )
  socket.write(Buffer.concat(packets))
}

function bytes(...values: number[]): Buffer {
  return Buffer.from(values)
}

function int(value: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  buffer.writeUIntLE(value, 0, length)
  return buffer
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}
