import '../process/closed-output.ts'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { lock } from '../process/process.ts'
import { fixOf } from './aws-errors.ts'
import { DEPLOY_FOLDER } from './cdktf-cli.ts'

/** Whether to show live progress on a terminal. Elsewhere, e.g. in CI, each step prints one line when it ends. */
const live = process.stdout.isTTY === true && process.env.CI !== 'true'

export interface Step {
  /** Current activity, shown on a terminal. */
  progress(text: string): void
  /** Prints a line. */
  note(text: string): void
}

export const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Runs a step and prints its outcome and duration. @param work resolves to a short outcome, and any other results. */
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
        current = text || current
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

/** Runs a command; a failure is one message on standard error and exit status 1. */
export async function main(work: () => Promise<void>, advice = ''): Promise<void> {
  try {
    await work()
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const fix = error instanceof Error && fixOf(error, process.env.AWS_REGION ?? '')
    console.error(`\n${said}${fix ? `\n→ ${fix}\n  make doctor checks everything` : ''}${advice && `\n\n${advice}`}`)
    process.exitCode = 1
  }
}

/**
 * Asks for the project's name as confirmation; without a terminal, CONFIRM=<name> answers.
 * @throws Error for any other answer.
 */
export async function confirm(name: string, command: string, refused: string): Promise<void> {
  const ask = async () => {
    if (!process.stdin.isTTY) throw new Error(`No terminal to ask on: ${command} CONFIRM=${name}`)
    using terminal = createInterface({ input: process.stdin, output: process.stdout })
    return terminal.question(`Type ${name} to continue: `)
  }
  if ((process.env.CONFIRM ?? (await ask())) !== name) throw new Error(refused)
}

/** Selects entries by FUNCTION, a comma-separated list; all without it. @throws Error with the valid names. */
export function chosen<T>(all: ReadonlyMap<string, T>, wanted = process.env.FUNCTION): ReadonlyMap<string, T> {
  const names = wanted ? wanted.split(',') : [...all.keys()]
  const unknown = names.find((name) => !all.has(name))
  if (unknown !== undefined) throw new Error(`FUNCTION=${unknown} must be one of ${[...all.keys()].join(', ')}`)
  return new Map([...all].filter(([name]) => names.includes(name)))
}

/** Runs work that changes the deployment, under this folder's lock. @throws Error naming the process that holds it. */
export async function exclusively(work: () => Promise<void>): Promise<void> {
  const release = lock(join(DEPLOY_FOLDER, 'deploy.pid'), 'tools/deploy/')
  await work().finally(release)
}
