import { type Setting, settingTables } from '../../terraform/settings.ts'

const row = ({ name, standard, without, meaning }: Setting): string =>
  `| \`${name}\` | ${standard === undefined ? without : `\`${standard}\``} | ${meaning} |`

/** A page about the settings: its own text up to the first table's heading, then a table for each question that settings answer. */
export function settingsPage(page: string): string {
  const [[first = ''] = []] = settingTables
  const text = page.slice(0, page.indexOf(`## ${first}\n`))
  const tables = settingTables.map(
    ([question, settings]) =>
      `## ${question}\n\n| name | default | meaning |\n|---|---|---|\n${settings.map((each) => `${row(each)}\n`).join('')}`,
  )
  return text + tables.join('\n')
}
