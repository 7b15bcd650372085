/** The settings of a deployment. Tools read them by this module, and import nothing else of terraform/. */
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

/** The settings by the question that they answer; `without` is what holds where one is left out and has no default. */
export const settingTables = settingGroups.map((group) => {
  const settings = Object.entries(group.settings).map(([name, schema]) => ({
    name,
    standard: Reflect.get(schema, 'default') as string | undefined,
    without: String(v.getMetadata(schema).without ?? 'none'),
    meaning: v.getDescription(schema) ?? '',
  }))
  return { ...group, settings }
})

/** The settings are wrong. The message names each that is, and says what to do. */
export class SettingsError extends Error {
  override name = 'SettingsError'

  constructor(problems: readonly string[]) {
    super(['Wrong settings (environment or .env):', ...problems.map((problem) => `  ${problem}`)].join('\n'))
  }
}

/**
 * The environment; below it the settings in SETTINGS and SECRETS, JSON objects such as GitHub's `toJSON(vars)`; below them `.env` in the
 * project's folder.
 * @throws SettingsError that names every line of `.env` that is refused.
 */
export function settingsVariables(file = join(import.meta.dirname, '../.env')): Variables {
  const { values, problems } = readDotenv(file)
  if (problems.length > 0) throw new SettingsError(problems)
  const { SETTINGS, SECRETS, ...environment } = process.env
  return { ...values, ...settingsIn(SECRETS), ...settingsIn(SETTINGS), ...environment }
}

/** The settings in a JSON object, and nothing else that it holds. */
function settingsIn(json: string | undefined): Variables {
  const all: Record<string, string> = JSON.parse(json || '{}') ?? {}
  return Object.fromEntries(Object.entries(all).filter(([name]) => settingNames.includes(name)))
}

/** Parses the settings. An invalid one counts as unset and is reported in `problems`. */
export function checkSettings(variables: Variables): { settings: Settings; problems: Problems } {
  // Shells and CI cannot always leave a variable out: an empty one is none.
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
 * Checks the settings.
 * @throws SettingsError that tells every problem at once.
 */
export function readSettings(variables: Variables): Settings {
  const { settings, problems } = checkSettings(variables)
  if (problems.lines.length > 0) throw new SettingsError(problems.lines)
  return settings
}
