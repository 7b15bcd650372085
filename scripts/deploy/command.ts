import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { tied } from '../../local/process.ts'

export const ROOT = resolve(import.meta.dirname, '..', '..')

/** Lines of a failed command's output that are shown. */
const SHOWN_LINES = 20

/** A command that ended with another status than 0. */
export class CommandError extends Error {
  override name = 'CommandError'
  /** Everything that it printed. */
  readonly output: string

  constructor(command: string, output: string) {
    super(`${command} failed:\n${output.trim().split('\n').slice(-SHOWN_LINES).join('\n')}`)
    this.output = output
  }
}

export interface CommandOptions {
  /** Written to its standard input: the place for secrets, since every user of the machine sees a command line. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Each line as it comes, of either stream. */
  onLine?(line: string): void
}

/**
 * Runs a command that ends with this process, whatever ends it.
 * @returns its standard output.
 * @throws CommandError with the end of its output, or Error where there is no such command.
 */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [file, all] = tied(command, args)
  const spawning: SpawnOptions = {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  }
  const child = spawn(file, all, spawning)
  child.stdin?.on('error', () => {}).end(options.input)
  const [out, both]: [string[], string[]] = [[], []]
  const lines = (stream: Readable | null, kept: string[][]) =>
    stream &&
    createInterface({ input: stream }).on('line', (line) => {
      for (const each of kept) each.push(line)
      options.onLine?.(line)
    })
  lines(child.stdout, [out, both])
  lines(child.stderr, [both])
  const status = await statusOf(child, command)
  if (status !== 0) throw new CommandError([command, ...args.slice(0, 2)].join(' '), both.join('\n'))
  return out.join('\n')
}

/** Exit status of a process; 1 where a signal ended it. */
export function statusOf(child: ChildProcess, command: string): Promise<number> {
  return new Promise((done, fail) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ENOENT' ? new Error(`${command} is not installed, or not in PATH`) : error),
    )
    child.once('close', (status) => done(status ?? 1))
  })
}
