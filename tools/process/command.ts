import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import spawn, { type SubprocessError } from 'nano-spawn'
import { tied } from './process.ts'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Number of output lines in the error of a failed command. */
const SHOWN_LINES = 20

/** A command failed with a non-zero exit status. */
export class CommandError extends Error {
  override name = 'CommandError'
  /** Standard output and standard error. */
  readonly output: string

  constructor(command: string, output: string) {
    super(`${command} failed:\n${output.trim().split('\n').slice(-SHOWN_LINES).join('\n')}`)
    this.output = output
  }
}

interface CommandOptions {
  /** Standard input; use it for secrets, since every user of the machine can read command lines. */
  readonly input?: string
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** @default the project's folder */
  readonly cwd?: string
  /** Milliseconds. */
  readonly timeout?: number
  /** Called with each line of either stream as it arrives. */
  onLine?(line: string): void
}

/**
 * Runs a command that ends together with this process, even if this one is killed.
 * @returns its standard output, without the last line feed.
 * @throws CommandError with the end of its output, or Error if the command is not installed.
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
    // If `setpriv` wraps the command, setpriv reports that it is missing.
    const isMissing = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
    if (isMissing || (exitCode === 127 && stderr.startsWith('setpriv:')))
      throw new Error(`${command} is not installed, or not in PATH`)
    // A command that failed to start has no output.
    throw new CommandError([command, ...args.slice(0, 2)].join(' '), output || String(cause ?? ''))
  }
}
