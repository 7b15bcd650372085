import { type Contender, execute, type Run, type Step } from './execution.ts'

/**
 * Runs of each contender in turn, forwards and backwards, so that whatever else the machine does meets all of them alike.
 * @param done is told after each process.
 */
export async function compare(
  contenders: readonly Contender[],
  steps: readonly Step[],
  rounds: number,
  done: (contender: Contender, run: Run) => Promise<void> = async () => {},
): Promise<Map<string, Run[]>> {
  const runs = new Map(contenders.map(({ name }) => [name, [] as Run[]]))
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
      const run = await execute(contender, steps)
      runs.get(contender.name)?.push(run)
      await done(contender, run)
    }
  }
  return runs
}
