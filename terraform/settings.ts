import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import * as v from 'valibot'
import { type Settings, settingsSchema } from './settings-fields.ts'
import { conflicts } from './settings-rules.ts'

export type { Settings }

type Variables = Readonly<Record<string, string | undefined>>

/** The settings are wrong. The message names each that is, and says what to do. */
export class SettingsError extends Error {
  override name = 'SettingsError'

  constructor(problems: readonly string[]) {
    super(['Wrong settings (environment or .env):', ...problems.map((problem) => `  ${problem}`)].join('\n'))
  }
}

/** The environment, and below it what `.env` in the project's folder says. */
export function settingsVariables(file = new URL('../.env', import.meta.url)): Variables {
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return process.env
    throw error
  }
}

/** The settings as far as they are right, a wrong one counting as left out, and a line about each that is not. */
export function checkSettings(variables: Variables): { settings: Settings; problems: string[] } {
  // Shells and CI cannot always leave a variable out: an empty one is none.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const advice: Record<string, string> = {}
  const result = v.safeParse(settingsSchema, given)
  for (const { path, message } of result.issues ?? []) advice[String(path?.[0]?.key)] ??= message
  const right = Object.entries(given).filter(([name]) => !(name in advice))
  const settings = v.parse(settingsSchema, Object.fromEntries(right))
  // Of a wrong setting enough has been said.
  const conflicting = conflicts(settings).filter(([name]) => !(name in advice))
  const lines = [...Object.entries(advice), ...conflicting].map(([name, text]) =>
    given[name] === undefined ? `${name} ${text}` : `${name}=${given[name]} ${text}`,
  )
  return { settings, problems: [...new Set(lines)] }
}

/**
 * Checks the settings.
 * @throws SettingsError that tells every problem at once.
 */
export function readSettings(variables: Variables): Settings {
  const { settings, problems } = checkSettings(variables)
  if (problems.length > 0) throw new SettingsError(problems)
  return settings
}
