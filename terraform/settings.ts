/** Settings of a deployment. Tools import this module, and nothing else of terraform/. */
import { join } from 'node:path'
import * as v from 'valibot'
import { plainMessage } from '../functions/http/plain-message.ts'
import { readDotenv } from './settings/dotenv.ts'
import { type Settings, settingGroups, settingsSchema } from './settings/fields.ts'
import { addConflicts, isSecret, Problems } from './settings/rules.ts'

export { imageSettings, images } from './settings/fields.ts'
export type { Settings }

type Variables = Readonly<Record<string, string | undefined>>

/** Names of all settings. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.entries)

/** Settings grouped by question; `without` describes the effect of omitting a setting that has no default. */
export const settingTables = settingGroups.map((group) => {
  const settings = Object.entries(group.settings).map(([name, schema]) => ({
    name,
    standard: Reflect.get(schema, 'default') as string | undefined,
    without: String(v.getMetadata(schema).without ?? 'none'),
    meaning: v.getDescription(schema) ?? '',
  }))
  return { ...group, settings }
})

/** Invalid settings. The message names each one and its fix. */
export class SettingsError extends Error {
  override name = 'SettingsError'

  constructor(problems: readonly string[]) {
    super(['Wrong settings (environment or .env):', ...problems.map((problem) => `  ${problem}`)].join('\n'))
  }
}

/**
 * Merges settings from the environment, from SETTINGS and SECRETS (JSON objects such as GitHub's `toJSON(vars)`), and from `.env` in the
 * project's folder. The environment takes precedence, then SETTINGS and SECRETS.
 * @throws SettingsError that names every refused line of `.env`.
 */
export function settingsVariables(file = join(import.meta.dirname, '../.env')): Variables {
  const { values, problems } = readDotenv(file)
  if (problems.length > 0) throw new SettingsError(problems)
  const { SETTINGS, SECRETS, ...environment } = process.env
  return { ...values, ...settingsIn(SECRETS), ...settingsIn(SETTINGS), ...environment }
}

/** Picks the settings from a JSON object. */
function settingsIn(json: string | undefined): Variables {
  const all: Record<string, string> = JSON.parse(json || '{}') ?? {}
  return Object.fromEntries(Object.entries(all).filter(([name]) => settingNames.includes(name)))
}

/** Parses the settings. An invalid one counts as unset and is reported in `problems`. */
export function checkSettings(variables: Variables): { settings: Settings; problems: Problems } {
  // An empty variable counts as unset: shells and CI cannot always leave one out.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const problems = new Problems(given)
  for (const name of settingNames)
    if (/[$%#]\{/.test(given[name] ?? '') && !isSecret(name))
      problems.add(name, 'must not have ${, %{ or #{: Terraform would evaluate it')
  const { issues = [] } = v.safeParse(settingsSchema, given, { message: plainMessage })
  for (const { path, message } of issues) problems.add(String(path?.[0]?.key), message)
  const right = Object.entries(given).filter(([name]) => !problems.has(name))
  const settings = v.parse(settingsSchema, Object.fromEntries(right)) as Settings
  addConflicts(settings, problems)
  return { settings, problems }
}

/**
 * Parses the settings.
 * @throws SettingsError with every problem at once.
 */
export function readSettings(variables: Variables): Settings {
  const { settings, problems } = checkSettings(variables)
  if (problems.lines.length > 0) throw new SettingsError(problems.lines)
  return settings
}
