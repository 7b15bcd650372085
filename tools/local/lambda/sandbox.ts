import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { FunctionWiring } from '../wiring/functions.ts'

const RUNTIME = fileURLToPath(new URL('runtime.mjs', import.meta.url))

/** A function's code: a folder with its bundle, run by this Node.js, or a container image. */
export type Code =
  | { readonly type: 'bundle'; readonly taskRoot: string }
  | { readonly type: 'image'; readonly image: string }

/** The program that an execution environment runs. */
export interface Program {
  readonly wiring: Omit<FunctionWiring, 'code'>
  readonly code: Code
}

type Variables = Readonly<Record<string, string>>

export type Sandbox = ReturnType<typeof startSandbox>

/**
 * Starts the process or container of one execution environment; `variables` are its whole environment. It cannot outlive this process,
 * which holds its stdin and its Runtime API.
 * @param id name of the container.
 */
export function startSandbox({ wiring, code }: Program, variables: Variables, id: string, log: (line: string) => void) {
  const isBundle = code.type === 'bundle'
  const child = isBundle ? startProcess(wiring, code, variables) : startContainer(wiring, code.image, variables, id)
  return {
    /** Resolves on exit, with the reason in Lambda's words, if any. */
    exited: watch(child, log),
    kill: () => (isBundle ? killGroup(child) : removeContainer(id, child)),
  }
}

function startProcess(
  { memorySize, inspectorPort }: Program['wiring'],
  { taskRoot }: Extract<Code, { type: 'bundle' }>,
  env: Variables,
): ChildProcess {
  // The remaining memory is for buffers, code and stacks, outside of V8's heap.
  const heap = Math.floor(memorySize * 0.9)
  // A small young generation saves some 8 MB per process, at no measurable cost.
  const flags = [`--max-old-space-size=${heap}`, '--max-semi-space-size=1', '--enable-source-maps']
  // Publishes the id by HTTP only: Node.js would print a line at every start.
  if (inspectorPort) flags.push(`--inspect=127.0.0.1:${inspectorPort}`, '--inspect-publish-uid=http')
  // Its own process group: Ctrl-C does not reach it, and one signal also kills its child processes.
  return spawn(process.execPath, [...flags, RUNTIME], { cwd: taskRoot, env, stdio: 'pipe', detached: true })
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // Already exited; macOS reports EPERM for a zombie process.
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
    // By name only, to keep the values, such as passwords, out of process lists.
    ...Object.keys(variables).flatMap((name) => ['--env', name]),
    ...[image, handler],
  ]
  return spawn('docker', args, { env: { ...process.env, ...variables }, stdio: 'pipe', detached: true })
}

function removeContainer(id: string, client: ChildProcess): void {
  const remove = spawn('docker', ['rm', '--force', id], { stdio: 'ignore', detached: true })
  remove.on('error', () => client.kill('SIGKILL'))
}

/** Lambda's wording. */
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
