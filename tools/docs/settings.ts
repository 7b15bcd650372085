import { settingTables } from '../../terraform/settings.ts'
import type { TerraformJson } from '../local/wiring/terraform.ts'

/**
 * A page about the settings: its own text up to the first table's heading, then a table for each question that settings of the
 * synthesized stack answer.
 */
export function settingsPage(page: string, stack: TerraformJson): string {
  const text = page.slice(0, page.indexOf(`## ${settingTables[0]?.question}\n`))
  const tables = settingTables
    .filter(({ about }) => about === undefined || stack.all(about).length > 0)
    .map(({ question, settings }) => {
      const rows = settings.map(
        ({ name, standard, without, meaning }) =>
          `| \`${name}\` | ${standard === undefined ? without : `\`${standard}\``} | ${meaning} |\n`,
      )
      return `## ${question}\n\n| name | default | meaning |\n|---|---|---|\n${rows.join('')}`
    })
  return text + tables.join('\n')
}
