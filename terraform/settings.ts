import { join } from 'node:path'
import * as v from 'valibot'
import { readDotenv } from './dotenv.ts'
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

/** Names of settings, and of the one that must not be in a synthesized file. */
const KNOWN = [...Object.keys(settingsSchema.entries), 'DB_PASS']

/**
 * The environment, and below it what `.env` in the project's folder says.
 * @throws SettingsError that names every line of `.env` that cannot be read, or looks like a misspelled setting.
 */
export function settingsVariables(file = join(import.meta.dirname, '../.env')): Variables {
  const { values, problems } = readDotenv(file)
  const misspelled = Object.keys(values).flatMap((name) => {
    const meant = KNOWN.includes(name) ? undefined : KNOWN.find((known) => similar(name.toUpperCase(), known))
    return meant === undefined ? [] : [`${name} in .env is no setting: write ${meant}, or give it a less similar name`]
  })
  if (problems.length + misspelled.length > 0) throw new SettingsError([...problems, ...misspelled])
  return { ...values, ...process.env }
}

/** Whether one character was forgotten, added, mistaken or swapped with the next. */
function similar(name: string, known: string): boolean {
  let same = 0
  while (same < known.length && name[same] === known[same]) same++
  const [given, right] = [name.slice(same), known.slice(same)]
  const swapped = `${right[1]}${right[0]}${right.slice(2)}`
  return (
    [right, swapped].includes(given) || [given.slice(1), given].includes(right.slice(1)) || given.slice(1) === right
  )
}

/** The settings as far as they are right, a wrong one counting as left out, and a line about each that is not. */
export function checkSettings(variables: Variables): { settings: Settings; problems: string[] } {
  // Shells and CI cannot always leave a variable out: an empty one is none.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const advice: Record<string, string> = {}
  for (const name of Object.keys(settingsSchema.entries))
    if (/[$%#]\{/.test(given[name] ?? '')) advice[name] = 'must not have ${, %{ or #{: Terraform would evaluate it'
  const result = v.safeParse(settingsSchema, given)
  for (const { path, message } of result.issues ?? []) advice[String(path?.[0]?.key)] ??= message
  const right = Object.entries(given).filter(([name]) => !(name in advice))
  const settings = v.parse(settingsSchema, Object.fromEntries(right))
  // Of a wrong setting enough has been said.
  const conflicting = conflicts(settings).filter(([name]) => !(name in advice))
  const lines = [...Object.entries(advice), ...conflicting].map(([name, text]) =>
    given[name] === undefined ? `${name} ${text}` : `${name}=${given[name]} ${text}`,
  )
  if (given.DB_PROXY === 'true') lines.push('DB_PROXY=true is no setting any more: set DB_HOST to a proxy of your own')
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
