import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { FunctionWiring } from '../wiring/functions.ts'

const RUNTIME = fileURLToPath(new URL('runtime.mjs', import.meta.url))

/** Where a function's code comes from: a folder with its bundle, run by this Node.js, or a container image. */
export type Code =
  | { readonly type: 'bundle'; readonly taskRoot: string }
  | { readonly type: 'image'; readonly image: string }

/** Program of an execution environment. */
export interface Program {
  readonly wiring: Omit<FunctionWiring, 'code'>
  readonly code: Code
}

type Variables = Readonly<Record<string, string>>

export type Sandbox = ReturnType<typeof startSandbox>

/**
 * Starts the process or container of one execution environment, which sees `variables` and nothing else. It cannot outlive this process:
 * its stdin ends with us, and so does its Runtime API.
 * @param id names the container.
 */
export function startSandbox({ wiring, code }: Program, variables: Variables, id: string, log: (line: string) => void) {
  const isBundle = code.type === 'bundle'
  const child = isBundle ? startProcess(wiring, code, variables) : startContainer(wiring, code.image, variables, id)
  return {
    /** Settles when it has ended: why, as Lambda words it, where there is a reason. */
    exited: watch(child, log),
    kill: () => (isBundle ? killGroup(child) : removeContainer(id, child)),
  }
}

function startProcess(
  { memorySize, inspectorPort }: Program['wiring'],
  { taskRoot }: Extract<Code, { type: 'bundle' }>,
  env: Variables,
): ChildProcess {
  // The rest of the memory is for what V8 does not count: buffers, code, stacks.
  const heap = Math.floor(memorySize * 0.9)
  // A small young generation saves each of them some 8 MB, at no cost that can be measured here.
  const flags = [`--max-old-space-size=${heap}`, '--max-semi-space-size=1', '--enable-source-maps']
  // Without a line of Node's own at every start.
  if (inspectorPort) flags.push(`--inspect=127.0.0.1:${inspectorPort}`, '--inspect-publish-uid=http')
  // A process group of its own: Ctrl-C reaches us alone, and one signal ends whatever the function started.
  return spawn(process.execPath, [...flags, RUNTIME], { cwd: taskRoot, env, stdio: 'pipe', detached: true })
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // Gone already; macOS says EPERM of a process that nobody has waited for yet.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function startContainer(
  { memorySize, handler }: Program['wiring'],
  image: string,
  variables: Variables,
  id: string,
): ChildProcess {
  const args = [
    ...['run', '--rm', '--interactive', '--name', id, '--network', 'host', '--read-only', '--tmpfs', '/tmp'],
    ...['--memory', `${memorySize}m`, '--pull', 'never'],
    // By name only: the values, a password among them, then stand in no process list.
    ...Object.keys(variables).flatMap((name) => ['--env', name]),
    ...[image, handler],
  ]
  return spawn('docker', args, { env: { ...process.env, ...variables }, stdio: 'pipe', detached: true })
}

function removeContainer(id: string, client: ChildProcess): void {
  const remove = spawn('docker', ['rm', '--force', id], { stdio: 'ignore', detached: true })
  remove.on('error', () => client.kill('SIGKILL'))
}

/** As Lambda words them. */
const SIGNAL_NAMES: Partial<Record<NodeJS.Signals, string>> = { SIGKILL: 'killed', SIGABRT: 'aborted' }

function watch(child: ChildProcess, log: (line: string) => void): Promise<string | undefined> {
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream as Readable }).on('line', log)
  child.stdin?.on('error', () => {})
  return new Promise((resolve) => {
    child.once('error', (error) => {
      log(`cannot start the execution environment: ${error.message}`)
      resolve('exit status 1')
    })
    child.once('exit', (status, signal) => {
      if (signal) resolve(`signal: ${SIGNAL_NAMES[signal] ?? signal}`)
      else resolve(status ? `exit status ${status}` : undefined)
    })
  })
}
