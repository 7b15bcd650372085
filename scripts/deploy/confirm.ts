import { createInterface } from 'node:readline/promises'

/**
 * Asks whether to go on, by the project's name, typed; or CONFIRM=<name> where nobody can type.
 * @throws Error that says so, where nobody can.
 */
export async function confirmed(name: string, command: string): Promise<boolean> {
  if (process.env.CONFIRM !== undefined) return process.env.CONFIRM === name
  if (!process.stdin.isTTY) throw new Error(`Nobody is there to ask: ${command} CONFIRM=${name}`)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await terminal.question(`Type ${name} to go on: `)) === name
  } finally {
    terminal.close()
  }
}
