import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'

/** Listens for a moment; answers with the port, a free one for 0. */
async function listen(port: number, host: string): Promise<number> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  } finally {
    server.close()
  }
}

const codeOf = ({ code = '' }: NodeJS.ErrnoException) => code

/** Ports that the system gives to nobody by itself: from 32768 on it does so on Linux, from 49152 elsewhere. */
const FIRST = 20_000
const COUNT = 12_000
/** Elsewhere in each process: whoever asks for a port uses it a moment later. */
let last = process.pid * 101

/** A port on 127.0.0.1 that nothing listens on: `preferred` if it is free, so that an address stays the same between starts. */
export async function freePort(preferred?: number): Promise<number> {
  last += 1
  return listen(preferred ?? FIRST + (last % COUNT), '127.0.0.1').catch((error) => {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    return freePort()
  })
}

/** A port on 127.0.0.1, kept in `directory` with other values for as long as nobody else takes it. */
export async function remembered<T extends object>(directory: string, values: T): Promise<T & { port: number }> {
  const file = join(directory, 'identity.json')
  const known = await readFile(file, 'utf8').then(JSON.parse, () => undefined)
  const all = { ...values, ...known, port: await freePort(known?.port) }
  await mkdir(directory, { recursive: true })
  await writeFile(file, JSON.stringify(all), { mode: 0o600 })
  return all
}

/**
 * Makes sure that a port of localhost can be listened on.
 * @param setting that chooses it.
 * @throws Error that says what to do.
 */
export async function requirePort(port: number, setting = 'PORT'): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${setting} must be a number from 1 to 65535`)
  // Both addresses of localhost, since somebody may have one of them alone. A machine may have no IPv6.
  const failed = await Promise.all(['127.0.0.1', '::1'].map((host) => listen(port, host).then(() => '', codeOf)))
  if (failed.includes('EACCES'))
    throw new Error(`port ${port} is for root alone: choose another with ${setting}=… make dev`)
  if (!failed.includes('EADDRINUSE')) return
  throw new Error(
    `port ${port} is taken (lsof -i :${port} says by whom): stop that, or choose another with ${setting}=${port + 1} make dev`,
  )
}
