import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'

/** Whether packages can be installed without a question: as root, on Debian or Ubuntu. */
export async function canInstall(): Promise<boolean> {
  return process.getuid?.() === 0 && (await isExecutable('/usr/bin/apt-get'))
}

/** Installs packages of Debian's. @throws Error with apt's own last line. */
export async function install(...names: readonly string[]): Promise<void> {
  // An old package list names versions that are gone, so the list comes first; where it cannot be had, the old one may do.
  await apt(['update']).catch(() => {})
  await apt(['install', '--yes', '--no-install-recommends', ...names])
}

async function apt(args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Another apt may hold the lock, as on a machine that has just started: wait for it.
  const child = spawn('/usr/bin/apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=60', ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let message = ''
  child.stderr.on('data', (chunk) => {
    message += chunk
  })
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(message.trim().split('\n').at(-1)))))
  })
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
