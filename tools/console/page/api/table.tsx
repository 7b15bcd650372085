import type { ComponentChildren } from 'preact'
import { t } from '../i18n.ts'

interface TableProps {
  readonly caption: string
  readonly rows: readonly unknown[]
  actions?(row: unknown): ComponentChildren
}

/** A table with a column for each property of any row. */
export function Table({ caption, rows, actions }: TableProps) {
  const cells: Readonly<Record<string, unknown>>[] = rows.map((row) =>
    Object(row) === row ? Object(row) : { value: row },
  )
  const columns = [...new Set(cells.flatMap(Object.keys))]
  const numbers = columns.filter((name) => cells.some((row) => typeof row[name] === 'number'))
  const classOf = (name: string) => (numbers.includes(name) ? 'number' : undefined)
  return (
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col" class={classOf(name)}>
              {name}
            </th>
          ))}
          {actions && (
            <th scope="col">
              <span class="hidden">{t('actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {cells.map((row, index) => (
          <tr key={index}>
            {columns.map((name) => (
              // `dir` keeps right-to-left text in its cell.
              <td key={name} class={classOf(name)} dir="auto">
                {typeof row[name] === 'object' ? <code>{JSON.stringify(row[name])}</code> : String(row[name] ?? '–')}
              </td>
            ))}
            {actions && <td class="actions">{actions(rows[index])}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
