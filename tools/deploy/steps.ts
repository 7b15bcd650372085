import '../process/closed-output.ts'
import { createInterface } from 'node:readline/promises'
import { fixOf } from './aws-errors.ts'

/** A terminal shows the step at work; elsewhere, in CI, there is one line a step, when it has ended. */
const live = process.stdout.isTTY === true && process.env.CI !== 'true'

export interface Step {
  /** What it does at the moment, for a terminal. */
  progress(text: string): void
  /** A line that stays. */
  note(text: string): void
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/**
 * Runs a step and tells how it ended and how long it took.
 * @param work answers with what came of it, the outcome in a few words.
 */
export async function step<T extends { readonly outcome: string }>(
  name: string,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  const start = performance.now()
  let current = ''
  const show = () => {
    const line = `… ${name.padEnd(10)} ${seconds(start)}  ${current}`
    process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`)
  }
  const say = (line: string) => process.stdout.write(`${live ? '\r\x1b[2K' : ''}${line}\n`)
  const timer = live ? setInterval(show, 200) : undefined
  try {
    const result = await work({
      progress: (text) => {
        current = text
      },
      note: (text) => say(`  ${text}`),
    })
    say(`✔ ${name.padEnd(10)} ${result.outcome}  (${seconds(start)})`)
    return result
  } catch (error) {
    say(`✖ ${name}  (${seconds(start)})`)
    throw error
  } finally {
    clearInterval(timer)
  }
}

/** Runs a command's work; a failure is one message on standard error and exit status 1. */
export async function main(work: () => Promise<void>, advice = ''): Promise<void> {
  try {
    await work()
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const fix = error instanceof Error && fixOf(error, process.env.AWS_REGION ?? '')
    console.error(`\n${said}${fix ? `\n→ ${fix}\n  make doctor looks at all of it` : ''}${advice && `\n\n${advice}`}`)
    process.exitCode = 1
  }
}

/**
 * Asks whether to go on, by the project's name, typed; or CONFIRM=<name> where nobody can type.
 * @throws Error that says so, where nobody can.
 */
export async function confirmed(name: string, command: string): Promise<boolean> {
  if (process.env.CONFIRM !== undefined) return process.env.CONFIRM === name
  if (!process.stdin.isTTY) throw new Error(`Nobody is there to ask: ${command} CONFIRM=${name}`)
  using terminal = createInterface({ input: process.stdin, output: process.stdout })
  return (await terminal.question(`Type ${name} to go on: `)) === name
}
