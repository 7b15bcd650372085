/** The settings of a deployment. Tools read them by this module, and import nothing else of terraform/. */
import { join } from 'node:path'
import * as v from 'valibot'
import { plainMessage } from '../functions/http/plain-message.ts'
import { readDotenv } from './settings/dotenv.ts'
import { type Settings, settingGroups, settingsSchema } from './settings/fields.ts'
import { conflicts, isSecret, problem, withLater } from './settings/rules.ts'

export type { Settings }

/** Names of all settings. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.entries)

/** A setting, as docs/settings.md has it. */
export interface Setting {
  readonly name: string
  readonly standard: string | undefined
  /** What holds where it is left out and has no default. */
  readonly without: string
  readonly meaning: string
}

/** The settings by the question that they answer. */
export const settingTables = Object.entries(settingGroups).map(
  ([question, group]) =>
    [
      question,
      Object.entries(group).map(
        ([name, schema]): Setting => ({
          name,
          standard: Reflect.get(schema, 'default'),
          without: String(v.getMetadata(schema).without ?? 'none'),
          meaning: v.getDescription(schema) ?? '',
        }),
      ),
    ] as const,
)

type Variables = Readonly<Record<string, string | undefined>>

/** The settings are wrong. The message names each that is, and says what to do. */
export class SettingsError extends Error {
  override name = 'SettingsError'

  constructor(problems: readonly string[]) {
    super(['Wrong settings (environment or .env):', ...problems.map((problem) => `  ${problem}`)].join('\n'))
  }
}

/** The deployment's name: the prefix of most names, and that of the image repository. */
export const projectName = ({ PROJECT, ENVIRONMENT }: Pick<Settings, 'PROJECT' | 'ENVIRONMENT'>): string =>
  ENVIRONMENT === undefined ? PROJECT : `${ENVIRONMENT}-${PROJECT}`

/**
 * The environment; below it the settings in SETTINGS and SECRETS, JSON objects such as GitHub's `toJSON(vars)`; below them `.env` in the
 * project's folder.
 * @throws SettingsError that names every line of `.env` that cannot be read, or looks like a misspelled setting.
 */
export function settingsVariables(file = join(import.meta.dirname, '../.env')): Variables {
  const { values, problems } = readDotenv(file)
  const misspelled = Object.keys(values).flatMap((name) => {
    const meant = settingNames.includes(name)
      ? undefined
      : settingNames.find((known) => similar(name.toUpperCase(), known))
    return meant === undefined ? [] : [`${name} in .env is no setting: write ${meant}, or give it a less similar name`]
  })
  if (problems.length + misspelled.length > 0) throw new SettingsError([...problems, ...misspelled])
  const { SETTINGS, SECRETS, ...environment } = process.env
  return { ...values, ...settingsIn(SECRETS), ...settingsIn(SETTINGS), ...environment }
}

/** The settings in a JSON object, and nothing else that it holds. */
function settingsIn(json: string | undefined): Variables {
  const all: Record<string, string> = JSON.parse(json || '{}') ?? {}
  return Object.fromEntries(Object.entries(all).filter(([name]) => settingNames.includes(name)))
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
  for (const name of settingNames)
    if (/[$%#]\{/.test(given[name] ?? '') && !isSecret(name))
      advice[name] = 'must not have ${, %{ or #{: Terraform would evaluate it'
  const result = v.safeParse(settingsSchema, given, { message: plainMessage })
  for (const { path, message } of result.issues ?? []) advice[String(path?.[0]?.key)] ??= message
  const right = Object.entries(given).filter(([name]) => !(name in advice))
  const settings = v.parse(settingsSchema, Object.fromEntries(right)) as Settings
  const problems = Object.entries(advice).map(([name, text]) => problem(name, given[name], text))
  if (given.DB_PROXY === 'true')
    problems.push('DB_PROXY=true is no setting any more: set DB_HOST to a proxy of your own')
  return { settings, problems: withLater(problems, conflicts(settings)) }
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
