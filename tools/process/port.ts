import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'

/** Listens briefly. @returns the port; a free one for 0. */
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

/** Ports below the system's ephemeral range, which begins at 32768 on Linux, at 49152 elsewhere. */
const FIRST = 20_000
const COUNT = 12_000
/** Differs per process: a port is used a moment after it was found free, so two processes must not try the same one. */
let last = process.pid * 101

/** Finds a free port on 127.0.0.1: `preferred` if free, so addresses stay the same between starts. */
export async function freePort(preferred?: number): Promise<number> {
  last += 1
  return listen(preferred ?? FIRST + (last % COUNT), '127.0.0.1').catch((error) => {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    return freePort()
  })
}

/** Reads or creates values and a port on 127.0.0.1, persisted in `directory`. The port changes only if it is taken. */
export async function remembered<T extends object>(directory: string, values: T): Promise<T & { port: number }> {
  const file = join(directory, 'identity.json')
  const known = await readFile(file, 'utf8').then(JSON.parse, () => undefined)
  const all = { ...values, ...known, port: await freePort(known?.port) }
  await mkdir(directory, { recursive: true })
  await writeFile(file, JSON.stringify(all), { mode: 0o600 })
  return all
}

/**
 * Checks that a port of localhost is free.
 * @param setting name of the setting that chooses it.
 * @throws Error with a fix.
 */
export async function requirePort(port: number, setting = 'PORT'): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${setting} must be a number from 1 to 65535`)
  // Either address of localhost may be taken. A machine may lack IPv6.
  const failed = await Promise.all(['127.0.0.1', '::1'].map((host) => listen(port, host).then(() => '', codeOf)))
  if (failed.includes('EACCES'))
    throw new Error(`port ${port} requires root: choose another with ${setting}=… make dev`)
  if (!failed.includes('EADDRINUSE')) return
  throw new Error(
    `port ${port} is in use (lsof -i :${port} shows the process): stop it, or choose another with ${setting}=${port + 1} make dev`,
  )
}
