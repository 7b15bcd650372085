import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import spawn, { type SubprocessError } from 'nano-spawn'
import { tied } from './process.ts'

export const ROOT = resolve(import.meta.dirname, '../..')

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

interface CommandOptions {
  /** Written to its standard input: the place for secrets, since every user of the machine sees a command line. */
  readonly input?: string
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>
  /** @default the project's folder */
  readonly cwd?: string
  /** Milliseconds. */
  readonly timeout?: number
  /** Each line as it comes, of either stream. */
  onLine?(line: string): void
}

/**
 * Runs a command that ends with this process, whatever ends it.
 * @returns its standard output, without the last line feed.
 * @throws CommandError with the end of its output, or Error where there is no such command.
 */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input, onLine, ...rest } = options
  const stdin = input === undefined ? 'ignore' : { string: input }
  const child = spawn(...tied(command, args), { cwd: ROOT, ...rest, stdin })
  const listen = ({ stdout, stderr }: Awaited<typeof child.nodeChildProcess>) => {
    for (const stream of [stdout, stderr]) if (stream && onLine) createInterface({ input: stream }).on('line', onLine)
  }
  child.nodeChildProcess.then(listen, () => {})
  try {
    return (await child).stdout
  } catch (error) {
    const { cause, exitCode, output = '', stderr = '' } = error as Partial<SubprocessError>
    // Where `setpriv` ties the command, it is the one that does not find it.
    const isMissing = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    if (isMissing || (exitCode === 127 && stderr.startsWith('setpriv:')))
      throw new Error(`${command} is not installed, or not in PATH`)
    // A command that could not be started has printed nothing.
    throw new CommandError([command, ...args.slice(0, 2)].join(' '), output || String(cause ?? ''))
  }
}
