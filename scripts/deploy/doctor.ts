import type { Settings } from '../../terraform/settings.ts'
import { synthesized } from '../synthesized.ts'
import { checkAll, type Finding } from './checks.ts'

/** Everything is looked at before anything is said, so that one look is enough. */
export async function examine(settings: Settings): Promise<{ lines: string[]; healthy: boolean }> {
  const { terraform } = await synthesized('own')
  const findings = await checkAll(settings, terraform)
  return { lines: findings.flatMap(linesOf), healthy: findings.every(({ fix }) => fix === undefined) }
}

function linesOf({ name, text, fix, unsure }: Finding): string[] {
  const mark = fix === undefined ? (unsure ? '–' : '✔') : '✖'
  const line = `${mark} ${name.padEnd(11)} ${text}`
  return fix === undefined ? [line] : [line, `  ${' '.repeat(11)} → ${fix}`]
}
