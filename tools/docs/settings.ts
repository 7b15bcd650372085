import { settingTables } from '../../terraform/settings.ts'
import type { TerraformJson } from '../local/wiring/terraform.ts'

/**
 * Builds the page about settings: its text up to the first table's heading, then a table for each question that applies to the
 * synthesized stack.
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
