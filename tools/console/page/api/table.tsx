import type { ComponentChildren } from 'preact'
import { t } from '../i18n.ts'
import type { Operation } from '../openapi.ts'
import { resolve } from '../schema.ts'

interface TableProps {
  readonly operation: Operation
  readonly rows: readonly unknown[]
  actions?(row: unknown): ComponentChildren
}

/** Rows with a column for each property that the schema names, or that a row has besides. */
export function Table({ operation: { api, summary, list }, rows, actions }: TableProps) {
  const { properties = {} } = list?.item ?? {}
  const cellsOf = (row: unknown): Readonly<Record<string, unknown>> =>
    typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : { [t('value')]: row }
  const names = [...new Set([...Object.keys(properties), ...rows.flatMap((row) => Object.keys(cellsOf(row)))])]
  const columns = names.map((name) => {
    const { type = '' } = resolve(api.schemas, properties[name])
    return { name, class: ['integer', 'number'].includes(type) ? 'number' : undefined }
  })
  return (
    <table>
      <caption class="hidden">{summary}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" class={column.class}>
              {column.name}
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
        {rows.map((row, index) => (
          <tr key={index}>
            {columns.map((column) => (
              // Whichever way a text is written, it stays in its cell.
              <td key={column.name} class={column.class} dir="auto">
                <Cell value={cellsOf(row)[column.name]} />
              </td>
            ))}
            {actions && <td class="actions">{actions(row)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ value }: { value: unknown }) {
  if (value === undefined || value === null) return <span class="muted">{value === null ? 'null' : '–'}</span>
  return typeof value === 'object' ? <code>{JSON.stringify(value)}</code> : <span>{String(value)}</span>
}
